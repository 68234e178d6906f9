// A Predict box becomes a choice: picking an answer marks it and unfolds the output of the next folded cell.
// And the folds of the side bar get names, which the theme leaves out.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll(".predict")) choices(box);
  for (const item of document.querySelectorAll("nav li.has-children")) nameOfFold(item);
});

/** @param {Element} box */
function choices(box) {
  const items = [...box.querySelectorAll("li")];
  for (const item of items) {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    button.append(...(item.querySelector("p") ?? item).childNodes);
    item.replaceChildren(button);
    button.addEventListener("click", () => {
      for (const other of items) other.firstElementChild?.setAttribute("aria-pressed", String(other === item));
      nextFolded(box)?.setAttribute("open", "");
    });
  }
}

/** The arrow that unfolds a chapter in the side bar gets the chapter's name. @param {Element} item */
function nameOfFold(item) {
  const name = item.querySelector("a")?.textContent?.trim();
  if (name) item.querySelector("summary")?.setAttribute("aria-label", name);
}

/** The folded output that follows `box`, if it comes before another box. @param {Element} box */
function nextFolded(box) {
  for (let next = box.nextElementSibling; next && !next.matches(".predict"); next = next.nextElementSibling) {
    const folded = next.querySelector(".cell_output details, details.below-input");
    if (folded) return folded;
  }
  return null;
}
