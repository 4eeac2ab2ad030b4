// Writes programs for tests in other languages: from a JSON array of arguments of `snippet`, an array of texts.

import { readFileSync } from "node:fs";

import { snippet } from "../../../Sources/Playground/web/code/snippets.js";

/** @type {Parameters<typeof snippet>[]} */
const wanted = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(wanted.map((one) => snippet(...one))));
