// The second script, run when one of its panels comes into view, or when a panel of the first needs what it adds.

import WORDS from '../words.json' with { type: 'json' };
import { define } from '../page/element.js';
import { extras } from '../page/later.js';
import { learnWords } from '../page/words.js';
import { atlas } from './atlas.js';
import { learn } from './learn.js';
import { lines } from './lines.js';
import { program } from './program.js';
import { walk } from './walk.js';

learnWords(WORDS);
define({ learn, atlas });
Object.assign(extras, { lines, script: program, walk });
