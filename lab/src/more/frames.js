// What the terms of an opened number are framed by, on the sheets where they stand.

import { foremost } from '../explain/written.js';

/** @typedef {import('../explain/backward.js').Trace} Trace */
/** @typedef {import('../explain/open.js').Place} Place */
/** @typedef {import('./sheet.js').Frame} Frame */

const COLUMNS = { F5: 30, F6: 28, OUT: 10 }; // of units in a line

/**
 * Frames by part and layer, such as `value.input`: around all terms of a picture, and finely around those that matter most.
 * @type {(pass: Trace, name: import('../explain/open.js').Name | null, opened: import('../explain/open.js').Opened | null) => Record<string, Frame[]>}
 */
export function framesOf(pass, name, opened) {
  /** @type {Record<string, Frame[]>} */
  const frames = {};
  if (!name || !opened || (name.kind === 'delta' && name.layer === 'OUT')) return frames;
  const part = name.kind === 'value' ? 'value' : 'delta',
    { shown } = foremost(opened.terms);
  const add = (/** @type {string} */ kind, /** @type {Place[]} */ all, /** @type {Place[]} */ few) => {
    if (all.length) frames[`${kind}.${all[0].layer}`] = [...around(pass, all), ...few.map((place) => frame(pass, [place], true))];
  };
  const places = (/** @type {import('../explain/open.js').Term[]} */ terms) => terms.map(({ place }) => place);
  const over = (/** @type {import('../explain/open.js').Term[]} */ terms) => terms.flatMap((term) => term.over ?? []);
  add(part, places(opened.terms), places(shown));
  add('value', over(opened.terms), over(shown));
  return frames;
}

/** A frame around the places of each map, unless they are the whole layer. @type {(pass: Trace, places: Place[]) => Frame[]} */
function around(pass, places) {
  const { side, values } = pass.layers[places[0].layer];
  if (side === 1 || places.length === values) return [];
  const channels = [...new Set(places.map(({ channel }) => channel))];
  return channels.map((each) =>
    frame(
      pass,
      places.filter(({ channel }) => channel === each),
      false,
    ),
  );
}

/** @type {(pass: Trace, places: Place[], fine: boolean) => Frame} */
function frame(pass, places, fine) {
  const { layer, channel } = places[0];
  if (pass.layers[layer].side === 1) {
    const columns = COLUMNS[/** @type {keyof typeof COLUMNS} */ (layer)];
    return { picture: 0, top: Math.floor(channel / columns), left: channel % columns, rows: 1, columns: 1, fine };
  }
  const rows = places.map(({ row }) => row),
    columns = places.map(({ column }) => column),
    [top, left] = [Math.min(...rows), Math.min(...columns)];
  return { picture: channel, top, left, rows: Math.max(...rows) - top + 1, columns: Math.max(...columns) - left + 1, fine };
}
