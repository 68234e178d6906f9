// The second script, run when one of its panels comes into view, or when a panel of the first needs what it adds; and in a
// worker, where it trains.

import WORDS from '../words.json' with { type: 'json' };
import { define } from '../page/element.js';
import { extras } from '../page/later.js';
import { learnWords } from '../page/words.js';
import { bundle, serve } from '../worker/client.js';
import { atlas } from './atlas.js';
import { learn } from './learn.js';
import { lines } from './lines.js';
import { train } from './train.js';
import { walk } from './walk.js';

learnWords(WORDS);
bundle.source = `${lenetLab.source};(${lenetMore})()`;
if (typeof document === 'undefined') serve();
else {
  define({ train, learn, atlas });
  Object.assign(extras, { lines, walk });
}
