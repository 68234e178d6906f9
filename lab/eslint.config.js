// ESLint's recommended rules for all JavaScript of the book. It runs in the folder above, so that it reaches book/ and benchmarks/.

import js from '@eslint/js';
import globals from 'globals';

const unused = { varsIgnorePattern: '^_', argsIgnorePattern: '^_', ignoreRestSiblings: true };

export default [
  js.configs.recommended,
  { rules: { 'no-unused-vars': ['error', unused] }, linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['lab/src/**'],
    languageOptions: { globals: { ...globals.browser, lenetLab: 'readonly', lenetMore: 'readonly', MORE: 'readonly' } },
  }, // of the bundle, see build.js
  { files: ['lab/*.js', 'lab/test/**'], languageOptions: { globals: globals.node } },
  { files: ['book/static/**'], languageOptions: { sourceType: 'script', globals: globals.browser } },
  { files: ['book/tools/**/*.mjs'], languageOptions: { globals: globals.node } },
  { files: ['book/tools/*.js'], languageOptions: { sourceType: 'script', globals: { ...globals.browser, Search: 'readonly' } } },
  { files: ['benchmarks/lab_rivals/**'], languageOptions: { globals: globals.browser } },
];
