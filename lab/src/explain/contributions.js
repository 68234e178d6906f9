// What a unit's number came from, down to the ink, and what it changed, up to the outputs: only what mattered most.

import { AFTER, indexOf, open, writtenName } from './open.js';

/** @typedef {import('../engine/lenet.js').LeNet} LeNet */
/** @typedef {import('./open.js').Place} Place */
/** One product, from the source to the unit that took it: `size` is its share of the largest in that layer. @typedef {{ from: Place, to: Place, value: number, size: number }} Link */

const EACH = 3, // links of a unit
  MOST = 8; // units of a layer that are followed

/** A pass whose gradients do not matter. @type {(net: LeNet) => import('./backward.js').Trace} */
const asPass = (net) =>
  /** @type {any} */ ({ options: net.options, layers: net.layers, weights: net.weights, maps: net.maps, deltas: net.maps });

/** The products that made a number: value times weight. @type {(net: LeNet, place: Place) => Link[]} */
function sources(net, place) {
  const { layer, channel, row, column } = place;
  const { terms } = open(asPass(net), { kind: 'value', layer, at: [channel, row, column] });
  return terms.map((term) => ({ from: term.place, to: place, value: term.product, size: 0 }));
}

/** The products that a number went into, where they made a difference: not where a unit stays at 0. @type {(net: LeNet, place: Place) => Link[]} */
function effects(net, place) {
  const { layer, channel, row, column } = place,
    at = indexIn(net, place);
  const { terms } = open(asPass(net), { kind: 'delta', layer, at: [channel, row, column] });
  return terms
    .filter(({ place: to }) => to.layer === 'OUT' || net.maps[to.layer][indexIn(net, to)] !== 0)
    .map((term) => ({ from: place, to: term.place, value: net.maps[layer][at] * term.factors[0], size: 0 }));
}

/** @type {(net: LeNet, place: Place) => number} */
const indexIn = (net, place) => indexOf(asPass(net), place);

/** From layer to layer, the strongest links of the units that were reached. @type {(start: Place, step: (place: Place) => Link[], end: 'from' | 'to', last: string) => Link[]} */
function followed(start, step, end, last) {
  let front = [start];
  const all = [];
  while (front.length && front[0].layer !== last) {
    const links = front.flatMap((place) => strongest(step(place), EACH)),
      most = Math.max(...links.map(({ value }) => Math.abs(value)));
    const kept = strongest(links, MOST).map((link) => ({ ...link, size: Math.abs(link.value) / most }));
    all.push(...kept);
    front = [...new Map(kept.map((link) => [nameOf(link[end]), link[end]])).values()];
  }
  return all;
}

/** @type {(links: Link[], most: number) => Link[]} */
const strongest = (links, most) =>
  links
    .filter(({ value }) => value !== 0)
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
    .slice(0, most);

/** @type {(place: Place) => string} */
const nameOf = ({ layer, channel, row, column }) => writtenName({ kind: 'value', layer, at: [channel, row, column] });

/** The links of a unit, for the first image of the last forward. @type {(net: LeNet, unit: Place) => { down: Link[], up: Link[] }} */
export function contributions(net, unit) {
  return {
    down: followed(unit, (place) => sources(net, place), 'from', 'input'),
    up: followed(unit, (place) => (AFTER[place.layer] ? effects(net, place) : []), 'to', 'OUT'),
  };
}
