// Puts each word of a text into an element of its own, and takes that back; formulas and controls stay whole.

const WHOLE = "math, svg, audio, button, input, select, textarea, option";

/** The elements of the words, in order. White space between them gets elements too, so that marks can join. */
export function splitWords(element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  for (const node of nodes) {
    if (node.parentElement.closest(WHOLE) || node.data.trim() === "") continue;
    node.replaceWith(...node.data.split(/(\s+)/u).filter(Boolean).map(wrapped));
  }
  return [...element.querySelectorAll("[data-word]")];
}

/** The text as it was before `splitWords`. */
export function joinWords(element) {
  for (const part of element.querySelectorAll("[data-word], [data-space]")) part.replaceWith(...part.childNodes);
  element.normalize();
}

function wrapped(text) {
  const part = document.createElement("span");
  part.textContent = text;
  part.dataset[text.trim() ? "word" : "space"] = "";
  return part;
}
