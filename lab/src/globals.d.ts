// What esbuild puts in place of these imports, and what the bundle finds around it.
declare module '*.wasm' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
declare module '*.css' {
  const text: string;
  export default text;
}
declare const lenetLab: Function;
/** Changes with the second script, which caches then fetch anew. */
declare const MORE: string;
