// node build.js: one bundle for pages and notebooks, ../lenet_utils/lab/lab.js (or the path that is given).
//
// The whole text is one function with a name, so that a page can start a worker from its own text, from disk as well.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { build, transformSync } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const target = process.argv[2] ?? `${here}../lenet_utils/lab/lab.js`;
const TARGET = ['chrome91', 'firefox114', 'safari16.4'];
const {
  outputFiles: [{ text }],
  warnings,
} = await build({
  entryPoints: [`${here}src/page/main.js`],
  bundle: true,
  minify: true,
  format: 'iife',
  charset: 'utf8',
  write: false,
  target: TARGET,
  loader: { '.wasm': 'binary' },
  legalComments: 'none',
  plugins: [{ name: 'style as a string', setup: ({ onLoad }) => onLoad({ filter: /\.css$/ }, asString) }],
});

if (warnings.length) process.exit(1); // such as a word that stands twice; esbuild has said which

/** A style sheet without its comments and spaces, as text. @param {{ path: string }} file */
function asString({ path }) {
  const { code } = transformSync(readFileSync(path, 'utf8'), { loader: 'css', minify: true, target: TARGET });
  return { contents: code.trim(), loader: /** @type {const} */ ('text') };
}

writeFileSync(target, `(function lenetLab() {\n${text.trim()}\n})();\n`);
