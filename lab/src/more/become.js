// Drawings that follow their numbers: what stays the same is left alone, so that a browser lays out only what changed.

/** The children of an element become these; nothing may listen to them. @type {(element: Element, made: Node[]) => void} */
export function become(element, made) {
  const old = [...element.childNodes];
  if (old.length !== made.length || old.some((node, k) => node.nodeName !== made[k].nodeName)) element.replaceChildren(...made);
  else old.forEach((node, k) => follow(node, made[k]));
}

/** @type {(old: Node, made: Node) => void} */
function follow(old, made) {
  if (!(old instanceof Element && made instanceof Element)) {
    if (old.nodeValue !== made.nodeValue) old.nodeValue = made.nodeValue;
    return;
  }
  for (const name of old.getAttributeNames()) if (!made.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of made.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  become(old, [...made.childNodes]);
}
