// The literals by themselves, in the languages' own eyes; and what each program must and must not hold.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

import * as literals from "../../../Sources/Playground/web/code/literals.js";
import { languages, snippet } from "../../../Sources/Playground/web/code/snippets.js";

const nasty = [
  "", " ", "\n", "a\n", "\n\na\n\n b ", "\r\n\t", "it's", 'say "hi"', '"""', '""""""', "'''", "\\", "\\n", "ends in \\", "\\(x)", "${x}", "$(id)",
  "`id`", '#"', '"#', "%s %d {x} {{x}}", "</script>", "<!--", "\u2028\u2029\u0085", "\u0000\u0001\u007f", "\ufeff", "\u202eleft", "😀👨‍👩‍👧🏴󠁧󠁢󠁥󠁮󠁧󠁿",
  "ünï", "e\u0301", "!history !!", "~ * ? [a] | & ; < >", "-n", "x".repeat(300), "word ".repeat(80), "   ".repeat(60), `${"y".repeat(200)}\n${"z z".repeat(90)}`,
];
const values = [
  null, true, false, 0, -1, 1.5, 1e-9, 1e21, 2 ** 53, [], {}, [[]], [{}], { "": "" }, { "a-b": 1, "1": 2, $c: 3, class: 4, __proto__x: 5 },
  JSON.parse('{"__proto__": {"a": null}, "constructor": []}'), { a: { b: { c: nasty } } },
  ...nasty,
];

/** Numbers that follow from a seed. @param {number} seed */
function* random(seed) {
  for (let state = seed; ; ) {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    yield state / 2 ** 31;
  }
}

/** @param {Iterator<number>} numbers @param {number} depth @returns {unknown} */
function anything(numbers, depth = 0) {
  const next = () => /** @type {number} */ (numbers.next().value);
  const pick = (/** @type {any} */ from) => from[Math.floor(next() * from.length)];
  const text = () => Array.from({ length: 1 + Math.floor(next() * 12) }, () => pick([...nasty, "word ", "\n", '"', "\\", "'"])).join("");
  const kind = next();
  if (depth > 3 || kind < 0.5) return kind < 0.4 ? text() : pick([null, true, false, -2, 0.25, 7e30]);
  const members = Array.from({ length: Math.floor(next() * 4) }, () => anything(numbers, depth + 1));
  return kind < 0.7 ? members : Object.fromEntries(members.map((member) => [text(), member]));
}

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const numbers = random(seed);
const all = [...values, ...Array.from({ length: 300 }, () => anything(numbers))];
// On one line, and where there is little room.
const written = (/** @type {(value: unknown, indent?: string) => string} */ write) => all.flatMap((value) => [write(value), write(value, " ".repeat(70))]);
const expected = all.flatMap((value) => [value, value]);

/** @param {any} actual */
function same(actual) {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, index) => assert.deepEqual(actual[index], value, `seed ${seed}`));
}

test(`Python reads its literals (seed ${seed})`, () => {
  const program = `import ast, json, sys\nprint(json.dumps([ast.literal_eval(text) for text in json.load(sys.stdin)]))`;
  const input = JSON.stringify(written(literals.pythonLiteral));
  same(JSON.parse(execFileSync("python3", ["-c", program], { input, maxBuffer: 1e9 }).toString()));
});

test(`JavaScript reads its literals (seed ${seed})`, () => {
  const clean = (/** @type {unknown} */ value) => JSON.parse(JSON.stringify(value));
  same(written(literals.javascriptLiteral).map((text) => clean((0, eval)(`"use strict";(${text})`))));
});

test(`JSON is JSON, and a line is a line (seed ${seed})`, () => {
  same(written(literals.jsonText).map((text) => JSON.parse(text)));
  same(written(literals.jsonLine).map((text) => JSON.parse(text)));
  for (const line of written(literals.jsonLine)) assert.doesNotMatch(line, /[\n\r\u0085\u2028\u2029]/);
});

test("a shell takes a word as it is", () => {
  const words = [...nasty, ...written(literals.jsonText)].filter((word) => !word.includes("\0"));
  for (const shell of ["bash", "sh"]) {
    for (let start = 0; start < words.length; start += 100) {
      const some = words.slice(start, start + 100);
      const program = `printf '%s\\0' ${some.map(literals.shellWord).join(" ")}`;
      assert.deepEqual(execFileSync(shell, { input: program }).toString().split("\0").slice(0, -1), some);
    }
  }
});

test("nothing is unseen in a literal", () => {
  for (const write of [literals.pythonLiteral, literals.javascriptLiteral, literals.swiftLiteral, literals.jsonText]) {
    for (const text of written(write)) assert.doesNotMatch(text, /(?![\n\u200d])[\p{C}\p{Zl}\p{Zp}]/u);
  }
});

test("half a pair is let be where there are such, and replaced where not", () => {
  assert.equal(literals.pythonString("\ud83d"), '"\\ud83d"');
  assert.equal(literals.jsonString("\ud83d"), '"\\ud83d"');
  assert.equal(literals.swiftString("\ud83d"), '"\\u{fffd}"');
});

const SECRET = "sk-never-to-be-seen";
const tools = [{ type: "function", name: "get_weather", description: "Tells it.", parameters: { type: "object", properties: { city: { type: "string" } } } }];
const ga = {
  type: "realtime", instructions: "Be a pirate.", output_modalities: ["audio"], max_output_tokens: 77,
  audio: { input: { turn_detection: { type: "semantic_vad", eagerness: "low" } }, output: { voice: "echo", speed: 1.25 } }, tools,
};
const preview = { instructions: "Be a pirate.", modalities: ["audio", "text"], max_response_output_tokens: 77, temperature: 0.65, voice: "echo", speed: 1.25, tools };
const parts = ["Be a pirate.", "77", "echo", "1.25", "get_weather", "Tells it.", "city"];
const services = /** @type {const} */ (["openai", "azure", "azure-preview"]);
const credentials = /** @type {const} */ (["none", "key", "token"]);

for (const { id: language } of languages) {
  for (const service of services) {
    for (const credential of credentials) {
      const target = { service, endpoint: "http://127.0.0.1:8080", name: "a model", apiVersion: "2024-10-01-preview", credential, key: SECRET, token: SECRET };
      test(`${language}, ${service}, ${credential}`, () => {
        const text = snippet(language, target, service === "azure-preview" ? preview : ga);
        for (const part of [...parts, "127.0.0.1:8080", ...(service === "azure-preview" ? ["0.65", "2024-10-01-preview"] : ["semantic_vad"])]) {
          assert.ok(text.includes(part), `${part} is not in\n${text}`);
        }
        assert.ok(!text.includes(SECRET));
        assert.equal(/OPENAI_API_KEY/.test(text), credential === "key" || (credential === "token" && service === "openai"), text);
        assert.equal(/az account|DefaultAzureCredential/.test(text), credential === "token" && service !== "openai", text);
        assert.doesNotMatch(text, /undefined|\[object|[ \t]\n|\n\n\n\n/);
        if (language === "shell") assert.doesNotMatch(text, /\\\n\s*\n/, "a command goes on to its end");
        assert.ok(text.endsWith("\n") && !text.endsWith("\n\n"));
      });
    }
  }
}

test("without settings nothing is set", () => {
  for (const { id } of languages) {
    for (const service of services) {
      const target = { service, endpoint: "http://127.0.0.1:8080", name: "gpt-realtime", credential: /** @type {const} */ ("none") };
      for (const session of [{}, { type: "realtime" }]) assert.doesNotMatch(snippet(id, target, session), /session\.update|instructions/, id);
    }
  }
});

test("asks the question", () => {
  const target = { service: services[0], endpoint: "http://127.0.0.1:8080", name: "gpt-realtime", credential: credentials[0] };
  for (const { id } of languages) if (id !== "shell") assert.match(snippet(id, target, {}, "Who is there?"), /"Who is there\?"/);
});

test("who answers in writing needs no sound", () => {
  const target = { service: services[0], endpoint: "http://127.0.0.1:8080", name: "gpt-realtime", credential: credentials[0] };
  for (const { id } of languages) {
    assert.doesNotMatch(snippet(id, target, { output_modalities: ["text"] }), /answer\.(wav|pcm)|output_audio|OutputAudio/, id);
  }
});

test("an endpoint may name the API's root", () => {
  const target = { service: services[0], endpoint: "https://api.openai.com/v1/", name: "gpt-realtime", credential: credentials[1] };
  for (const { id } of languages) assert.doesNotMatch(snippet(id, target, {}), /v1\/v1|v1\/"/, id);
});
