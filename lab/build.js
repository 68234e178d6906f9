// node build.js: one bundle for pages and notebooks, ../lenet_utils/lab/lab.js (or the path that is given).
//
// The whole text is one function with a name, so that a page can start a worker from its own text, from disk as well.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const target = process.argv[2] ?? `${here}../lenet_utils/lab/lab.js`;
const {
  outputFiles: [{ text }],
} = await build({
  entryPoints: [`${here}src/page/main.js`],
  bundle: true,
  minify: true,
  format: 'iife',
  charset: 'utf8',
  write: false,
  target: ['chrome91', 'firefox114', 'safari16.4'],
  loader: { '.wasm': 'binary', '.css': 'text' },
  legalComments: 'none',
});
writeFileSync(target, `(function lenetLab() {\n${text.trim()}\n})();\n`);
