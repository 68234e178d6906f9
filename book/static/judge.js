// Judges what is typed as an answer, as `check` does in Python. exercises.data.js holds the answers and the words.
'use strict';

/**
 * @typedef {object} Exercise
 * @property {string} kind  a-number, a-shape, a-choice, or "code" for what only a notebook can check
 * @property {number | number[] | string} [expected]
 * @property {number} [tolerance]
 * @property {[any, string][]} [mistakes]  wrong answers and what is said to them
 * @property {string[]} [letters]
 * @property {string} [right]
 * @property {string[]} hints
 * @property {Variants} [variants]
 *
 * The exercise with other numbers: texts by reason with {places}, and for each seed the answers and what stands at the places.
 * @typedef {object} Variants
 * @property {Record<string, string>} texts
 * @property {number} tolerance
 * @property {{ expected: number | number[], mistakes: [any, string][], places: Record<string, string> }[]} seeds
 */

{
  const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
  const IN_THOUSANDS = /^[+-]?[1-9]\d{0,2}([,_' ])\d{3}(?:\1\d{3})*(?:\.\d*)?$/; // 60,806 or 60 806
  const AROUND = /^(?:(?:(?:torch|np|numpy)\.)?(?:Size|tensor|array|tuple|list|u?int\d*|float\d*))?\((.*)\)$|^\[(.*)\]$/i;

  /** What was typed with one way to write every sign; what NFKC would make another number, 14² or 1½, gets a sign that no number has. @type {(text: string) => string} */
  function plain(text) {
    return text
      .replace(/([²³¹⁰-₟])/g, '^$1')
      .replace(/(\d\s*)([¼-¾⅐-⅟])/g, '$1^$2')
      .normalize('NFKC')
      .replace(/[‐-―−]/g, '-')
      .replace(/[⁄∕÷]/g, '/')
      .replace(/[‘’]/g, "'")
      .replace(/、/g, ',')
      .replace(/^\s*answer\s*=/, '')
      .trim();
  }

  /** What is inside of brackets or of torch.Size(...), to the innermost. @type {(text: string) => string} */
  function opened(text) {
    const [whole, round, square] = text.match(AROUND) ?? [];
    return whole === undefined ? text : opened((round ?? square).trim());
  }

  /** The numbers that a text can mean: 1,267 is a thousand and more, or has a decimal comma. None if it is no number. @type {(text: string) => number[]} */
  function numbers(text) {
    const written = text.trim().replace(/^([+-])\s+/, '$1');
    const found = DECIMAL.test(written) ? [Number(written)] : [];
    if (IN_THOUSANDS.test(written)) found.push(Number(written.replace(/[,_' ]/g, '')));
    if (/^[+-]?\d+,\d+$/.test(written)) found.push(Number(written.replace(',', '.')));
    return found;
  }

  /** The same for 1/26 and 99.6 % too. @type {(text: string) => number[]} */
  function fractions(text) {
    if (text.endsWith('%')) return fractions(text.slice(0, -1).replace(/%/g, '^')).map((share) => share / 100);
    const [above, below, ...more] = text.split('/').map(numbers);
    if (!below) return above;
    return more.length ? [] : above.flatMap((one) => below.filter(Boolean).map((other) => one / other));
  }

  /** A shape such as (1, 28, 28) or 16@12x12 or 1 28 28, or (5,); null if it is none, as 5 alone. @type {(text: string) => number[] | null} */
  function shape(text) {
    const inside = opened(text);
    if (!inside) return text ? [] : null;
    const sides = inside.replace(/\s*,$/, '').split(/\s*[,x×*@]\s*|\s+/i);
    const readable = sides.every((side) => /^[+-]?(?:0|[1-9]\d*)(?:\.0*)?$/.test(side));
    return readable && (sides.length > 1 || /[[,]/.test(text)) ? sides.map(Number) : null;
  }

  /** A letter without what is around it, as in (c) or C. @type {(text: string) => string} */
  const letter = (text) => text.replace(/^[\s.:()[\]'"]+|[\s.:()[\]'"]+$/g, '').toLowerCase();

  /** The answers that a text can mean, none if it is of another kind. @type {Record<string, (exercise: Exercise, text: string) => any[]>} */
  const READ = {
    'a-number': (exercise, text) => fractions(opened(text).replace(/([^,\s])\s*,$/, '$1')),
    'a-shape': (exercise, text) => [shape(text)].filter((sides) => sides !== null),
    'a-choice': (exercise, text) => [letter(text)].filter((known) => exercise.letters?.includes(known)),
  };

  /** @type {(exercise: Exercise, answers: any[], wanted: any) => boolean} */
  function meant(exercise, answers, wanted) {
    if (exercise.kind === 'a-shape') return JSON.stringify(answers[0]) === JSON.stringify(wanted);
    if (exercise.kind === 'a-choice') return answers[0] === wanted;
    return answers.some((answer) => Math.abs(answer - wanted) < (exercise.tolerance ?? 0));
  }

  /** Whether an answer is in per cent where a share is asked for. @type {(exercise: Exercise, answers: any[]) => boolean} */
  function inPercent({ kind, expected }, answers) {
    if (kind !== 'a-number' || typeof expected !== 'number' || expected <= 0 || expected > 1) return false;
    return answers.some((answer) => Math.abs(answer / 100 - expected) < 1e-4);
  }

  /** @type {(text: string, values: Record<string, any>) => string} */
  const filled = (text, values) => text.replace(/\{([^{}]+)\}/g, (place, name) => values[name] ?? place);

  /**
   * What `check` says to the answer that the reader typed; `right` is null for none.
   * @type {(exercise: Exercise, text: string, words: Record<string, string>) => { right: boolean | null, text: string }}
   */
  function judge(exercise, text, words) {
    if (!text.trim()) return { right: null, text: words['page-unanswered'] };
    const answers = READ[exercise.kind](exercise, plain(text));
    const expected = words[exercise.kind];
    if (!answers.length) return { right: false, text: filled(words['page-kind'], { expected, got: text.trim() }) };
    if (meant(exercise, answers, exercise.expected)) return { right: true, text: filled(words.right, { why: exercise.right }) };
    const mistake = exercise.mistakes?.find(([wrong]) => meant(exercise, answers, wrong));
    if (mistake) return { right: false, text: filled(words.wrong, { why: mistake[1] }) };
    if (inPercent(exercise, answers)) return { right: false, text: words['in-percent'] };
    return { right: false, text: filled(words['page-wrong'], { got: text.trim() }) };
  }

  /** The exercise with the numbers of a seed from 1 on, and its question. @type {(exercise: Exercise, seed: number) => Exercise & { question: string }} */
  function variant(exercise, seed) {
    const { texts, tolerance, seeds } = /** @type {Variants} */ (exercise.variants);
    const { expected, mistakes, places } = seeds[seed - 1];
    /** @type {(reason: string) => string} */
    const said = (reason) => filled(texts[reason], places);
    const reasons = mistakes.map(([wrong, reason]) => /** @type {[any, string]} */ ([wrong, said(reason)]));
    return { ...exercise, expected, tolerance, mistakes: reasons, right: said('right'), question: said('another') };
  }

  Object.assign(globalThis, { lenetJudge: judge, lenetVariant: variant });
}
