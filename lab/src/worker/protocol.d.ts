// What the page asks of a network that trains, and what it hears. The messages are the same whether they go to a worker or,
// where there is none, to a server in the page.

import type { Configuration, Digits, Measures } from '../engine/race.js';

/** Every question by its name: what goes with it, and what is answered. */
export interface Calls {
  /** A new network with its initial weights, for `most` epochs; the digits only if they are others. */
  open: { given: Opening; result: { kernels: string } };
  go: { given: object; result: void };
  pause: { given: object; result: void };
  step: { given: object; result: void };
  /** Reports after it have this `round`. */
  reset: { given: { round: number }; result: void };
  /** The file of the network's weights. */
  weights: { given: object; result: Uint8Array<ArrayBuffer> };
  /** Of a helper: some minibatches, in step with the others. */
  advance: { given: { steps: number }; result: void };
}

export type KernelName = 'wasm' | 'relaxed' | 'js';

export interface Opening {
  digits?: Uint8Array | Split;
  configuration: Configuration;
  kernels: KernelName;
  most: number;
  round: number;
  /** How many may share the work, a power of two. */
  workers: number;
  /** Of a helper. */
  team?: Seat;
}

/** The number of a member, and its ends of the channels to others. */
export interface Seat {
  index: number;
  ports: MessagePort[];
}

/** Digits to train on and to test with; a book's file holds both. */
export interface Split {
  train: Digits;
  test: Digits;
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

/** `round` is that of the `open` that made the network, or of the last `reset`. */
export interface Report {
  running: boolean;
  round: number;
  run: Run;
}

/** The networks of a panel, side by side. */
export interface Progress {
  running: boolean;
  runs: Run[];
}
