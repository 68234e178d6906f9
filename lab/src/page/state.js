// The state of a panel as text: what a teacher's link holds behind the #.
//
//   #lab-train?v=1&lr=0.9   the panel whose id is lab-train, with the fields that differ from their defaults

import { LabError, oneOf } from '../engine/options.js';

export const VERSION = '1';

/**
 * One field: its default, and how to read it from text. `read` throws a LabError for a value that cannot be.
 * @typedef {{ initial: any, read: (text: string) => any }} Field
 */
/** @typedef {Record<string, Field>} Fields */
/** @typedef {Record<string, any>} State */

/** @type {(name: string, initial: number, least: number, most: number, step?: number) => Field} */
export function number(name, initial, least, most, step = 1) {
  const whole = Number.isInteger(step);
  return {
    initial,
    read: (text) => {
      const value = Number(text);
      if (text.trim() === '' || !(value >= least && value <= most) || (whole && !Number.isInteger(value)))
        throw new LabError(`${name} expects a ${whole ? 'whole ' : ''}number from ${least} to ${most}, got ${text || '–'}.`);
      return value;
    },
  };
}

/** @type {(name: string, initial: string, known: readonly string[]) => Field} */
export const choice = (name, initial, known) => ({
  initial,
  read: (text) => {
    oneOf(name, text, [...known]);
    return text;
  },
});

/** @type {(name: string, initial: boolean) => Field} */
export const flag = (name, initial) => ({
  initial,
  read: (text) => {
    oneOf(`value of ${name}`, text, ['0', '1']);
    return text === '1';
  },
});

/** @type {(name: string, initial: string, form: RegExp) => Field} */
export const text = (name, initial, form) => ({
  initial,
  read: (given) => {
    if (!form.test(given)) throw new LabError(`${name} cannot be ${given.slice(0, 30)}.`);
    return given;
  },
});

/** @type {(fields: Fields) => State} */
export const initial = (fields) => Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.initial]));

/**
 * The part of the address behind the # that brings back `state` in the panel `id`.
 * @type {(id: string, fields: Fields, state: State) => string}
 */
export function toFragment(id, fields, state) {
  const parts = new URLSearchParams({ v: VERSION });
  for (const [name, field] of Object.entries(fields))
    if (state[name] !== field.initial)
      parts.set(name, typeof state[name] === 'boolean' ? String(+state[name]) : String(state[name]));
  return `#${id}?${parts}`;
}

/**
 * The state that a fragment gives to the panel `id`, or null if it is about something else. Throws a LabError for another
 * version, an unknown field, or a value that cannot be.
 * @type {(id: string, fields: Fields, fragment: string, expand?: (given: State) => State) => State | null}
 */
export function fromFragment(id, fields, fragment, expand) {
  const [name, query = ''] = fragment.replace(/^#/, '').split('?');
  if (name !== id || !query) return null;
  const given = Object.fromEntries(new URLSearchParams(query)),
    { v, ...rest } = given;
  if (v !== VERSION) throw new LabError(`The link was made for version ${v ?? 'none'} of this panel, expected ${VERSION}.`);
  return read(fields, rest, expand);
}

/**
 * The given values by name, read and checked; the fields not named keep their defaults, or what `expand` makes of the given.
 * @type {(fields: Fields, given: Record<string, unknown>, expand?: (given: State) => State) => State}
 */
export function read(fields, given, expand = () => ({})) {
  const state = { ...initial(fields), ...expand(given) };
  for (const [name, value] of Object.entries(given)) {
    oneOf('field', name, Object.keys(fields));
    state[name] = fields[name].read(typeof value === 'boolean' ? String(+value) : String(value));
  }
  return state;
}
