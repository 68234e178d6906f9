// Members that train together end at the same weights as one alone, whatever their number.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Runner } from '../src/engine/race.js';
import { seeded } from '../src/engine/random.js';
import { Link } from '../src/engine/team.js';
import { shardsOf } from '../src/engine/trainer.js';
import { kernelSet } from './kernel_sets.js';

const wasm = await kernelSet('wasm');
const random = seeded(5);
const digits = (number) => ({
  images: Float32Array.from({ length: number * 784 }, random),
  labels: Uint8Array.from({ length: number }, (_, n) => n % 10),
});
const train = digits(70), // the last minibatch has six images, fewer than shards
  tested = digits(64);

/** The seats of `count` members, and all ports. */
function seats(count) {
  const teams = Array.from({ length: count }, (_, index) => ({ index, links: [] })),
    ports = [];
  for (let bit = 1; bit < count; bit *= 2)
    for (const { index, links } of teams)
      if (!(index & bit)) {
        const { port1, port2 } = new MessageChannel();
        links.push(new Link(port1));
        teams[index | bit].links.push(new Link(port2));
        ports.push(port1, port2);
      }
  return { teams, ports };
}

/** What each of `count` members ends with after two epochs. */
async function trained(count, batch_size) {
  const { teams, ports } = seats(count);
  const configuration = {
    options: { activation: 'tanh', seed: 7 },
    settings: { batch_size, lr: 0.02, momentum: 0.9, seed: 1 },
    input: { count: 70, standardise: true, shuffled: false },
  };
  const ends = teams.map(async (team) => {
    const runner = new Runner(wasm, configuration, train, tested, team);
    while (runner.trainer.epochs < 2) await runner.step(() => 0);
    return { hash: runner.hash, measures: await runner.measure() };
  });
  const all = await Promise.all(ends);
  for (const port of ports) port.close();
  return all;
}

test('the number of shards follows from the size of the minibatch alone', () =>
  assert.deepEqual([1, 4, 7, 8, 16, 31, 32, 256].map(shardsOf), [1, 1, 1, 1, 2, 2, 4, 8]));

for (const batch_size of [16, 32])
  test(`two, four and eight members end where one ends, in batches of ${batch_size}`, async () => {
    const [alone] = await trained(1, batch_size);
    for (const count of [2, 4, 8].filter((each) => each <= shardsOf(batch_size)))
      for (const { hash, measures } of await trained(count, batch_size)) {
        assert.equal(hash, alone.hash, `${count} members`);
        assert.deepEqual(measures, alone.measures);
      }
  });
