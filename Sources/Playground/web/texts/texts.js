// All words of the page, by key, in the language of the user.

import english from "./en.js";
import italian from "./it.js";

/** @type {Record<string, Record<string, string>>} */
const languages = { en: english, it: italian };

/** The languages there are, by their codes. */
export const codes = Object.keys(languages);

let current = "en";

/** The code of the language that is spoken. */
export const language = () => current;

/**
 * @param {string | null} wanted a code; the browser's language where it is none of ours
 */
export function speak(wanted) {
  const known = [wanted ?? "", ...navigator.languages].map((code) => code.slice(0, 2)).find((code) => code in languages);
  current = known ?? "en";
  document.documentElement.lang = current;
}

/**
 * @param {string} key
 * @param {Record<string, string | number>} [values] for what stands in braces
 * @returns {string} the key itself if there are no words for it
 */
export function t(key, values = {}) {
  const text = languages[current][key] ?? english[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** @param {string} key whether there are words for it */
export const isText = (key) => key in english;

/**
 * A number as one writes it here.
 *
 * @param {number} number
 * @param {number} [digits] after the point
 */
export const n = (number, digits = 0) =>
  number.toLocaleString(current, { minimumFractionDigits: digits, maximumFractionDigits: digits });
