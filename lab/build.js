// node build.js: the two scripts of pages and notebooks, ../lenet_utils/lab/lab.js (or the path that is given) and more.js
// beside it, which a page loads when one of its panels comes into view.
//
// The whole text of each is one function with a name, so that a page can start a worker from the text of both, from disk as
// well. The second takes from the first what `src/parts.js` lists, and is not a second copy of it.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build, transformSync } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const target = process.argv[2] ?? `${here}../lenet_utils/lab/lab.js`;
const TARGET = ['chrome91', 'firefox114', 'safari16.4'];
const OF_MORE = 'learn-name'; // the first of the words that the second script says; the others of it stand below

/** The modules of the first script that the second one uses, each with what it takes of them. */
const shared = Object.fromEntries(
  [...readFileSync(`${here}src/parts.js`, 'utf8').matchAll(/export \{([^}]+)\} from '([^']+)'/g)].map(([, names, from]) => [
    resolve(`${here}src`, from),
    names,
  ]),
);

const loaders = (/** @type {'lab' | 'more'} */ script) => ({
  name: 'styles and words',
  setup: (/** @type {import('esbuild').PluginBuild} */ { onLoad }) => {
    onLoad({ filter: /\.css$/ }, asString);
    onLoad({ filter: /words\.json$/ }, ({ path }) => chosen(path, script));
  },
});
const taken = {
  name: 'what the first script has',
  setup: (/** @type {import('esbuild').PluginBuild} */ { onLoad }) =>
    onLoad({ filter: /\.js$/ }, ({ path }) =>
      path in shared ? { contents: `export const {${shared[path]}} = globalThis.lenetLab.parts;` } : undefined,
    ),
};

/** A style sheet without its comments and spaces, as text. @param {{ path: string }} file */
function asString({ path }) {
  const { code } = transformSync(readFileSync(path, 'utf8'), { loader: 'css', minify: true, target: TARGET });
  return { contents: code.trim(), loader: /** @type {const} */ ('text') };
}

/** The words that a script says. @type {(path: string, script: 'lab' | 'more') => { contents: string, loader: 'json' }} */
function chosen(path, script) {
  const words = Object.entries(JSON.parse(readFileSync(path, 'utf8'))),
    from = words.findIndex(([key]) => key === OF_MORE);
  const own = script === 'lab' ? words.slice(0, from) : words.slice(from);
  return { contents: JSON.stringify(Object.fromEntries(own)), loader: 'json' };
}

/** @type {(entry: string, plugins: import('esbuild').Plugin[], define?: Record<string, string>) => Promise<{ text: string, inputs: string[] }>} */
async function bundled(entry, plugins, define = {}) {
  const { outputFiles, metafile, warnings } = await build({
    entryPoints: [`${here}src/${entry}`],
    absWorkingDir: here,
    bundle: true,
    minify: true,
    format: 'iife',
    charset: 'utf8',
    write: false,
    metafile: true,
    target: TARGET,
    loader: { '.wasm': 'binary' },
    legalComments: 'none',
    define,
    plugins,
  });
  if (warnings.length) process.exit(1); // such as a word that stands twice; esbuild has said which
  return { text: outputFiles[0].text.trim(), inputs: Object.keys(metafile.inputs) };
}

const more = await bundled('more/main.js', [loaders('more'), taken]);
const version = createHash('sha256').update(more.text).digest('hex').slice(0, 8);
const lab = await bundled('page/main.js', [loaders('lab')], { MORE: JSON.stringify(version) });
const twice = more.inputs.filter((path) => path.endsWith('.js') && lab.inputs.includes(path) && !(resolve(here, path) in shared));
if (twice.length) {
  console.error(`Both scripts would hold ${twice.join(', ')}. List in src/parts.js what the second one takes of it.`);
  process.exit(1);
}
const asFunction = (/** @type {string} */ name, /** @type {string} */ text) => `(function ${name}() {\n${text}\n})();\n`;
writeFileSync(target, asFunction('lenetLab', lab.text));
writeFileSync(resolve(dirname(target), 'more.js'), asFunction('lenetMore', more.text));
