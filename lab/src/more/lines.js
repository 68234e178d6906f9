// The draw panel's lines from a picked unit: down to what it came from, up to what it changed.

import { contributions } from '../explain/contributions.js';
import { corner, size } from '../explain/pixels.js';
import { h, say, svg } from '../page/dom.js';
import { dressed } from './dressed.js';

/** @typedef {import('../explain/open.js').Place} Place */
/** @typedef {import('../page/widgets/maps.js').Unit} Unit */
/** What the draw panel shows its numbers on. @typedef {{ net: import('../engine/lenet.js').LeNet, maps: import('../page/widgets/maps.js').Maps, picture: HTMLCanvasElement, unit: { element: HTMLElement } }} Drawing */

/** @type {WeakMap<HTMLElement, { show: () => void, unit: Unit | null }>} */
const known = new WeakMap();

/** Draw them over the panel, or take them away if no unit is picked. @type {(lab: import('../page/element.js').Lab, drawing: Drawing, unit: Unit | null) => void} */
export function lines(lab, drawing, unit) {
  const shown = known.get(lab.body) ?? overlay(lab, drawing);
  shown.unit = unit;
  shown.show();
}

/** @type {(lab: import('../page/element.js').Lab, drawing: Drawing) => { show: () => void, unit: Unit | null }} */
function overlay(lab, drawing) {
  dressed(lab);
  const picture = svg('svg', { class: 'overlay links', 'aria-hidden': 'true' }),
    legend = h('p', { class: 'muted' }, say('learn-links')),
    shown = { unit: /** @type {Unit | null} */ (null), show };
  function show() {
    legend.hidden = !shown.unit;
    picture.replaceChildren(...(shown.unit ? drawn(lab, drawing, shown.unit) : []));
  }
  lab.body.append(picture);
  drawing.unit.element.append(legend);
  new ResizeObserver(show).observe(lab.body); // a table that is unfolded moves the maps
  known.set(lab.body, shown);
  return shown;
}

/** @type {(lab: import('../page/element.js').Lab, drawing: Drawing, unit: Unit) => SVGElement[]} */
function drawn(lab, drawing, unit) {
  const { down, up } = contributions(drawing.net, unit),
    corner = lab.body.getBoundingClientRect();
  return [...down, ...up].map(({ from, to, value, size }) => {
    const [a, b] = [from, to].map((place) => middle(drawing, place)),
      [x1, y1, x2, y2] = [a.x - corner.left, a.y - corner.top, b.x - corner.left, b.y - corner.top],
      bend = (y2 - y1) / 2;
    return svg('path', {
      d: `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`,
      class: value < 0 ? 'lowers' : 'raises',
      'stroke-width': (0.8 + 2.4 * size).toFixed(2),
    });
  });
}

/** Where a number stands in the window. @type {(drawing: Drawing, place: Place) => { x: number, y: number }} */
function middle({ maps, picture }, { layer, channel, row, column }) {
  if (layer === 'input') return inside(picture, 28, column, row);
  const { canvas, sheet } = maps.rows[layer];
  if (sheet.count === 1) return inside(canvas, sheet.columns, channel % sheet.columns, Math.floor(channel / sheet.columns));
  const { x, y } = corner(sheet, channel);
  return inside(canvas, size(sheet).width, x + column, y + row);
}

/** @type {(canvas: HTMLCanvasElement, wide: number, x: number, y: number) => { x: number, y: number }} */
function inside(canvas, wide, x, y) {
  const { left, top, width } = canvas.getBoundingClientRect(),
    scale = width / wide;
  return { x: left + (x + 0.5) * scale, y: top + (y + 0.5) * scale };
}
