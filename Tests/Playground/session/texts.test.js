// The words of the page: the same keys in each language, with the same values, and none that is asked for and missing.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import english from "../../../Sources/Playground/web/texts/en.js";
import italian from "../../../Sources/Playground/web/texts/it.js";
import { fields } from "../../../Sources/Playground/web/session/settings.js";

const web = new URL("../../../Sources/Playground/web/", import.meta.url);
const sources = readdirSync(web, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".js") && !path.startsWith("texts/"))
  .map((path) => readFileSync(new URL(path, web), "utf8"));

test("Italian has what English has", () => assert.deepEqual(Object.keys(italian), Object.keys(english)));

test("values stand in both", () => {
  const values = (/** @type {string} */ text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const [key, text] of Object.entries(english)) assert.deepEqual(values(italian[key]), values(text), key);
});

test("what the page says in so many words is there", () => {
  const used = sources.flatMap((source) => [...source.matchAll(/\bt\(\s*"([\w.-]+)"/g)].map(([, key]) => key));
  assert.ok(used.length > 60);
  assert.deepEqual(used.filter((key) => !(key in english)), []);
});

test("each setting and each choice has a name", () => {
  for (const { id, options, unit } of fields) {
    assert.ok(`set.${id}` in english, id);
    if (id !== "voice") for (const option of options ?? []) assert.ok(`set.${id}.${option}` in english, `${id} ${option}`);
    if (unit) assert.ok(`unit.${unit}` in english, unit);
  }
});

test("each rule of the order has its sentence", () => {
  const rules = sources.flatMap((source) => [...source.matchAll(/"(fault\.\w+)"/g)].map(([, rule]) => rule));
  assert.ok(rules.length >= 14);
  assert.deepEqual(rules.filter((rule) => !(rule in english)), []);
});

test("nothing is there that nobody says", () => {
  // Keys that are put together.
  const made = /^(language|tab|state|panel|set|unit|speaker|note|step|fault|fail|about|connection|header\.save|new\.engine|tools|inspector|keys|waterfall|composer)\./;
  const whole = sources.join("\n");
  assert.deepEqual(Object.keys(english).filter((key) => !made.test(key) && !whole.includes(`"${key}"`)), []);
});
