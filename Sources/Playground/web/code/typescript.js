// TypeScript: JavaScript's program with types.

import { program } from "./javascript.js";
import { lines } from "./plan.js";

/** @param {import("./plan.js").Plan} plan @returns {string} */
export const typescript = (plan) =>
  lines("// npm install ws @types/ws @types/node tsx; npx tsx answer.mts", program(plan, true));
