// What the second script takes of the first, by the module that has it; see build.js.

export { CLASSES, DEFAULTS, INITS, LabError, SIDE, complete, countOf, layers, product, shapes, whole } from './engine/options.js';
export { LeNet } from './engine/lenet.js';
export { ACTIVATIONS, POOLS, plain } from './engine/kernels.js';
export { kernels } from './engine/kernel_sets.js';
export { hasRelaxed, loadWasm } from './engine/wasm.js';
export { DEVIATION, MEAN, NUMBER, TRAIN, onScale, part, standardised, unpacked } from './engine/digits.js';
export { decode, encode, hash } from './engine/weights.js';
export { seeded, shuffle } from './engine/random.js';
export { BEFORE, explain, isConvolution, isPool, softmax } from './explain/explain.js';
export { COLOUR_OF, at, corner, diverging, paint, range, sequential, size } from './explain/pixels.js';
export { prepare } from './explain/preparation.js';
export { WRITTEN, drawn, readStrokes, written } from './explain/strokes.js';
export { interleaved, unzipped } from './page/assets.js';
export { button, check, filesOpener, h, opener, percent, row, say, select, show, svg, table, twin } from './page/dom.js';
export { define } from './page/element.js';
export { extras } from './page/later.js';
export { sheet } from './page/page.js';
export { choice, flag, number, read, text } from './page/state.js';
export { learnWords } from './page/words.js';
export { chooser } from './page/widgets/chooser.js';
export { LAYERS } from './page/widgets/maps.js';
export { Pad } from './page/widgets/pad.js';
export { nameOf } from './page/widgets/unit.js';
