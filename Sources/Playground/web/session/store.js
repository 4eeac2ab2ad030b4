// What the page remembers in this browser. Keys and tokens are left out unless the user wants them kept.

/**
 * @typedef {object} Kept
 * @property {Record<string, any>} wanted
 * @property {import("./settings.js").Tool[]} tools
 * @property {Partial<import("../views/connection.js").Connection>} connection
 * @property {string | null} language of the page, a code
 * @property {string} code the language of the snippets
 * @property {"light" | "dark" | null} theme
 * @property {string[]} open which panels are
 * @property {string} device the microphone's
 */

const NAME = "vivavoce";

/** @type {() => Kept} */
const standard = () => ({ wanted: {}, tools: [], connection: {}, language: null, code: "python", theme: null, open: ["voice", "turns"], device: "" });

/** @returns {Kept} */
export function load() {
  try {
    return { ...standard(), ...JSON.parse(localStorage.getItem(NAME) ?? "{}") };
  } catch {
    // Storage may be forbidden, or hold something else.
    return standard();
  }
}

/** @param {Kept} kept */
export function store(kept) {
  const { key, token, ...open } = kept.connection;
  const connection = open.remember ? kept.connection : open;
  try {
    localStorage.setItem(NAME, JSON.stringify({ ...kept, connection }));
  } catch {
    // Then it is forgotten with the page.
  }
}
