// What a panel asks of the page around it: a name, light or dark, a style sheet.

/** A page's policy may forbid style elements. @type {(css: string) => CSSStyleSheet} */
export function sheet(css) {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
}

/** The name, or with a number behind it if a panel before has it. @type {(name: string) => string} */
export function free(name) {
  let id = name;
  for (let k = 2; document.getElementById(id); k++) id = `${name}-${k}`;
  return id;
}

/** Whether the page around the element is dark: its own word for it, or the colour that it has. @type {(element: Element) => boolean} */
export function isDark(element) {
  const theme = document.documentElement.dataset.theme,
    jupyter = document.body.dataset.jpThemeLight;
  if (theme) return theme === 'dark';
  if (jupyter) return jupyter === 'false';
  for (let at = /** @type {Element | null} */ (element); at; at = at.parentElement) {
    const [red, green, blue, alpha = 1] =
      getComputedStyle(at)
        .backgroundColor.match(/[\d.]+/g)
        ?.map(Number) ?? [];
    if (alpha > 0.5) return (red + green + blue) / 3 < 128;
  }
  return false;
}
