// JSON as a tree. Long sound is told, not shown; identifiers are links that filter.

import { t } from "../texts/texts.js";
import { h } from "../views/element.js";

const IDS = /^(sess|resp|item|call|event|conv|msg)_[\w-]+$/;

/**
 * @param {any} value
 * @param {(id: string) => void} follow called with an identifier that was clicked
 * @param {number} [depth] so many levels are open
 * @returns {HTMLElement}
 */
export function tree(value, follow, depth = 2) {
  if (value === null || typeof value !== "object") return leaf(value, follow);
  const members = Array.isArray(value) ? value.map((inner, index) => [String(index), inner]) : Object.entries(value);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  if (members.length === 0) return h("span", {}, open + close);
  return h("details", { class: "tree", open: depth > 0 },
    h("summary", {}, `${open} ${members.length} ${close}`),
    h("ul", {}, members.map(([name, inner]) => h("li", {}, h("span", { class: "name" }, `${name}: `), tree(inner, follow, depth - 1)))));
}

/** @param {any} value @param {(id: string) => void} follow */
function leaf(value, follow) {
  if (typeof value !== "string") return h("span", { class: "value" }, JSON.stringify(value) ?? "null");
  if (IDS.test(value)) return h("button", { type: "button", class: "link", onclick: () => follow(value) }, value);
  if (value.length > 400) return h("span", { class: "value" }, JSON.stringify(value.slice(0, 120)), t("tree.more", { count: value.length - 120 }));
  return h("span", { class: "value" }, JSON.stringify(value));
}
