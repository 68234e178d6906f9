// Members that train one network together, each on its shards of every minibatch. They are numbered, and a member has a link
// to the one whose number differs in the last binary digit, in the one before it, and so on: after a swap over each link
// every member has added up the same tree of sums.

/** @typedef {{ index: number, links: Link[] }} Team */

/** @type {Team} */
export const ALONE = { index: 0, links: [] };

/** Numbers of one member, and one more. @typedef {[Float32Array<ArrayBuffer>, number]} Message */

export class Link {
  /** @param {Pick<MessagePort, 'postMessage' | 'onmessage'>} port */
  constructor(port) {
    this.port = port;
    /** @type {Message[]} */
    this.arrived = [];
    /** @type {((message: Message) => void) | null} */
    this.waiting = null;
    this.spare = new Float32Array(0);
    port.onmessage = ({ data }) => {
      this.arrived.push(data);
      this.waiting?.(data);
    };
  }

  /**
   * Sends numbers and one more, and gives those of the other end; they hold until the next swap, which sends their memory back.
   * @param {Float32Array} numbers
   * @param {number} one
   */
  async swap(numbers, one) {
    const copy = this.spare.length === numbers.length ? this.spare : new Float32Array(numbers.length);
    copy.set(numbers);
    this.port.postMessage([copy, one], [copy.buffer]);
    if (!this.arrived.length) await new Promise((resolve) => (this.waiting = resolve));
    this.waiting = null;
    const theirs = /** @type {Message} */ (this.arrived.shift());
    this.spare = theirs[0];
    return theirs;
  }
}
