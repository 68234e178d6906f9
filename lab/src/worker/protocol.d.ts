// What the page asks of the networks that train, and what it hears. The messages are the same whether they go to a worker or,
// where there is none, to a server in the page.

import type { Scans } from '../engine/digits.js';
import type { Configuration, Measures } from '../engine/race.js';

/** Every question by its name: what goes with it, and what is answered. */
export interface Calls {
  /** New networks with their initial weights, for `most` epochs; the digits only if they are others. */
  open: { given: Opening; result: { kernels: string } };
  go: { given: object; result: void };
  pause: { given: object; result: void };
  step: { given: object; result: void };
  reset: { given: object; result: void };
  /** The file of a network's weights. */
  weights: { given: { which: number }; result: Uint8Array<ArrayBuffer> };
}

export interface Opening {
  digits?: Uint8Array | Split;
  configurations: Configuration[];
  kernels: 'wasm' | 'js';
  most: number;
  round: number;
}

/** Digits to train on and to test with; a book's file holds both. */
export interface Split {
  train: Scans;
  test: Scans;
}

export type Name = keyof Calls;
export type Result = Calls[Name]['result'];
export type Question = { [N in Name]: { id: number; name: N } & Calls[N]['given'] }[Name];
export type Answer = { id: number; result?: Result; error?: string } | { report: Report };

/** One network: `seen` images in `seconds`, `hash` when it stands still, `broken` when its `loss` is no number any more. */
export interface Run {
  measures: Measures;
  epochs: number;
  seen: number;
  seconds: number;
  loss: number;
  hash: string;
  broken: boolean;
  done: boolean;
}

/** `round` is that of the `open` that made the networks. */
export interface Report {
  running: boolean;
  round: number;
  runs: Run[];
}
