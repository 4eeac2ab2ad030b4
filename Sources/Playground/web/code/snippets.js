// The present settings as a small whole program, in the language of one's choice.

import { javascript } from "./javascript.js";
import { plan } from "./plan.js";
import { python } from "./python.js";
import { shell } from "./shell.js";
import { swift } from "./swift.js";
import { typescript } from "./typescript.js";
import { wscat } from "./wscat.js";

/** @typedef {import("./plan.js").Target} Target */
/** @typedef {import("./plan.js").Session} Session */

/** @type {Record<string, (plan: import("./plan.js").Plan) => string>} */
const writers = { python, javascript, typescript, swift, shell, wscat };

/** The languages, in the order in which they are offered. */
export const languages = [
  { id: "python", name: "Python" },
  { id: "javascript", name: "JavaScript" },
  { id: "typescript", name: "TypeScript" },
  { id: "swift", name: "Swift" },
  { id: "shell", name: "curl" },
  { id: "wscat", name: "wscat" },
];

/**
 * A program that asks one question with these settings. It holds nothing secret.
 *
 * @param {string} language its id; one that is not known is Python
 * @param {Target} target whom it talks to
 * @param {Session} session what differs from the defaults, in the target's dialect
 * @param {string} [question]
 * @returns {string}
 */
export function snippet(language, target, session, question = "Hello!") {
  return (writers[language] ?? python)(plan(target, session, question));
}
