// One style sheet out of those that the pages link to, without what no page uses, and scripts joined and minified.
// Reads { static, styles, rules, pages, scripts } as JSON from its input; writes NAME.css and NAME.js into `static`.

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(process.cwd(), 'package.json'));
const { buildSync, transformSync } = require('esbuild');
const { PurgeCSS } = require('purgecss');

const TARGET = ['chrome105', 'firefox121', 'safari16.4'];
// What scripts set, and no page as it is written has.
const SET_LATER = {
  standard: [/^(show|fade|collaps|dropdown|tooltip|bs-|scrolled|active|faded|success|visible|hidden)/, /^o-tooltip/, /^copybtn/],
  deep: [/^lenet-progress$/, /^exercise$/, /^hints$/, /^verdict$/],
};
const ATTRIBUTES = [
  'data-theme',
  'data-mode',
  'aria-pressed',
  'aria-expanded',
  'data-right',
  'data-popper-placement',
  'open',
  'hidden',
  'disabled',
];

/** @param {string[]} styles  whose pictures become part of the text */
function joined(styles) {
  const contents = styles.map((path) => `@import ${JSON.stringify(path)};`).join('\n');
  const { outputFiles } = buildSync({
    stdin: { contents, loader: 'css', resolveDir: '/' },
    bundle: true,
    write: false,
    logLevel: 'error',
    target: TARGET,
    loader: { '.png': 'dataurl', '.svg': 'dataurl', '.woff2': 'empty', '.ttf': 'empty' },
  });
  return outputFiles[0].text;
}

/** @param {string} css @param {string[]} content  files of pages and scripts */
async function used(css, content) {
  const [{ css: left }] = await new PurgeCSS().purge({
    css: [{ raw: css }],
    content,
    safelist: SET_LATER,
    dynamicAttributes: ATTRIBUTES,
    fontFace: true,
    keyframes: true,
    variables: true,
  });
  return left;
}

/** @param {string} code @param {'css' | 'js'} loader */
const small = (code, loader) => transformSync(code, { loader, minify: true, target: TARGET, legalComments: 'none' }).code;

const { static: folder, styles, rules, pages, scripts } = JSON.parse(readFileSync(0, 'utf8'));
const js = Object.values(scripts).flat();
const withoutLibrary = js.filter((path) => !path.endsWith('bootstrap.js'));
writeFileSync(join(folder, 'site.css'), small((await used(joined(styles), [...pages, ...withoutLibrary])) + rules, 'css'));
for (const [name, parts] of Object.entries(scripts)) {
  // A semicolon first: no "use strict" of one part may hold for the others.
  const code = parts.map((path) => `;${readFileSync(path, 'utf8')}\n`).join('');
  writeFileSync(join(folder, `${name}.js`), small(code, 'js'));
}
