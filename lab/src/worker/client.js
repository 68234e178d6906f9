// The page's end of a Server: in a worker made from the bundle's own text, or in the page itself where workers are missing.

import { LabError } from '../engine/options.js';
import { Server } from './server.js';
import { trainingKernels } from './kernel_sets.js';

/** @typedef {import('./protocol').Answer} Answer */
/** @typedef {import('./protocol').Calls} Calls */
/** @typedef {import('./protocol').Name} Name */
/** @typedef {import('./protocol').Question} Question */
/** @typedef {import('./protocol').Report} Report */

/** The text of both scripts, which more/main.js knows. */
export const bundle = { source: '' };

const IN_PAGE = 12, // milliseconds at a time, so that the page still answers
  IN_WORKER = 250; // a page that draws more often takes more from the cores that train

export class Client {
  /** @param {(report: Report) => void} onreport */
  constructor(onreport) {
    this.onreport = onreport;
    /** @type {Map<number, { message: Question, resolve: (value: unknown) => void, reject: (error: Error) => void }>} */
    this.calls = new Map();
    this.number = 0;
    this.server = /** @type {Server | null} */ (null);
    this.worker = startWorker(
      (message) => this.#take(message),
      () => this.#stay(),
    );
    if (!this.worker) this.#stay();
  }

  /** Train in the page: there is no worker, or it did not start. */
  #stay() {
    this.worker = null;
    this.server = new Server((message) => this.#take(message), trainingKernels, IN_PAGE);
    for (const { message } of this.calls.values()) this.server.take(message);
  }

  /** Whether training happens beside the page and not in it. */
  get apart() {
    return this.worker !== null;
  }

  /**
   * @template {Name} N
   * @param {N} name
   * @param {Calls[N]['given']} given
   * @returns {Promise<Calls[N]['result']>}
   */
  call(name, given) {
    const id = ++this.number,
      message = /** @type {Question} */ ({ ...given, id, name });
    return new Promise((resolve, reject) => {
      this.calls.set(id, { message, resolve: /** @type {(value: unknown) => void} */ (resolve), reject });
      if (this.worker) this.worker.postMessage(message, 'team' in message && message.team ? message.team.ports : []);
      else this.server?.take(message);
    });
  }

  stop() {
    this.worker?.terminate();
    this.server?.take({ id: ++this.number, name: 'pause' });
  }

  /** @param {Answer} answer */
  #take(answer) {
    if ('report' in answer) return this.onreport(answer.report);
    const call = this.calls.get(answer.id);
    this.calls.delete(answer.id);
    if (answer.error) call?.reject(new LabError(answer.error));
    else call?.resolve(answer.result);
  }
}

/** @type {(onmessage: (answer: Answer) => void, onerror: () => void) => Worker | null} */
function startWorker(onmessage, onerror) {
  const { source } = bundle;
  if (!source || typeof Worker !== 'function') return null;
  try {
    const address = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
    const worker = new Worker(address);
    worker.addEventListener('message', (event) => onmessage(event.data));
    worker.addEventListener('error', onerror);
    return worker;
  } catch {
    return null; // a page may forbid workers
  }
}

/** What runs in a worker: every message goes to one server, which can have workers of its own. */
export function serve() {
  const scope = /** @type {Pick<Worker, 'postMessage' | 'addEventListener'>} */ (/** @type {unknown} */ (globalThis)),
    hire = () => new Client(() => {}),
    server = new Server((answer) => scope.postMessage(answer), trainingKernels, IN_WORKER, hire);
  scope.addEventListener('message', (event) => server.take(/** @type {MessageEvent<Question>} */ (event).data));
}
