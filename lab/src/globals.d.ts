// What esbuild puts in place of these imports, and what the bundle finds around it.
declare module '*.wasm' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.css' {
  const text: string;
  export default text;
}
/** The first script as a function; once it has run, what it leaves for the second one, its own text among it. */
declare const lenetLab: Function & { source: string };
declare const lenetMore: Function;
/** Changes with the second script, which caches then fetch anew. */
declare const MORE: string;
