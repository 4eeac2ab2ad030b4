// JavaScript for Node, with the package `ws`. TypeScript is the same with types.

import { javascriptLiteral, jsonString } from "./literals.js";
import { SIGN_IN, lines } from "./plan.js";

/** @typedef {import("./plan.js").Plan} Plan */

/** @param {Plan} plan @returns {string} */
export const javascript = (plan) => lines(
  "// npm install ws; node answer.mjs",
  "// In a browser, use the playground's own client: /realtime.js of a Vivavoce server.",
  program(plan, false),
);

/**
 * @param {Plan} plan
 * @param {boolean} isTyped
 * @returns {unknown[]} lines
 */
export function program(plan, isTyped) {
  const { audio, words, sound, functions, signsIn } = plan;
  const typed = (/** @type {string} */ type) => (isTyped ? type : "");
  const next = { type: "response.create", ...(plan.afterCall && { response: plan.afterCall }) };
  return [
    signsIn && 'import { execSync } from "node:child_process";',
    audio && 'import { writeFileSync } from "node:fs";',
    'import WebSocket from "ws";',
    "",
    isTyped && types(plan),
    plan.session && [`const session = ${javascriptLiteral(plan.session, "", 17)};`, ""],
    functions.length > 0 && [
      `const functions${typed(": Record<string, (args: Record<string, unknown>) => unknown>")} = {  // fill in`,
      functions.map((name) => `  ${javascriptLiteral({ [name]: 0 }).slice(2, -5)}: (args) => ({ ok: true }),`),
      "};", "",
    ],
    signsIn && "// The token of whoever is signed in with the Azure CLI; @azure/identity does the same and more.",
    signsIn && [`const signIn = "${SIGN_IN}";`, "const token = execSync(signIn).toString().trim();"],
    connect(plan),
    `const send = (event${typed(": object")}) => socket.send(JSON.stringify(event));`,
    `const fail = (message${typed(": string")}) => {`,
    "  console.error(message);",
    "  process.exit(1);",
    "};",
    audio && `const audio${typed(": Buffer[]")} = [];`,
    "",
    'socket.on("open", () => {',
    plan.session && '  send({ type: "session.update", session });',
    `  send(${javascriptLiteral({ type: "conversation.item.create", item: plan.message }, "  ", 7)});`,
    '  send({ type: "response.create" });',
    "});",
    'socket.on("message", (message) => {',
    isTyped ? "  const event = JSON.parse(message.toString()) as ServerEvent;" : "  const event = JSON.parse(message);",
    "  switch (event.type) {",
    `    case "${words}":`,
    "      process.stdout.write(event.delta);",
    "      break;",
    audio && [`    case "${audio}":`, '      audio.push(Buffer.from(event.delta, "base64"));', "      break;"],
    '    case "error":',
    "      fail(event.error.message);",
    "      break;",
    '    case "response.done": {',
    "      const { status, status_details" + (functions.length ? ", output" : "") + " } = event.response;",
    `      if (status === "failed") fail(status_details${typed("!")}.error.message);`,
    functions.length > 0 && [
      '      const calls = output.filter((item) => item.type === "function_call");',
      "      for (const { name, call_id, arguments: args } of calls) {",
      "        const output = JSON.stringify(functions[name](JSON.parse(args)));",
      '        send({ type: "conversation.item.create", item: { type: "function_call_output", call_id, output } });',
      "      }",
      `      if (calls.length) return send(${javascriptLiteral(next)});`,
    ],
    "      console.log();",
    audio && `      writeFileSync("${sound.file}", Buffer.concat(audio)); // ${sound.player}`,
    "      socket.close();",
    "    }",
    "  }",
    "});",
    'socket.on("error", (error) => fail(`No connection: ${error.message}`));',
  ];
}

/** @param {Plan} plan */
function connect({ url, key, signsIn, target }) {
  const value = `process.env.${key}`;
  const header = signsIn ? "{ Authorization: `Bearer ${token}` }"
    : key && (target.service === "openai" ? `{ Authorization: \`Bearer \${${value}}\` }` : `{ "api-key": ${value} }`);
  if (!header) return [`const socket = new WebSocket(${jsonString(url)});`];
  return [`const url = ${jsonString(url)};`, `const socket = new WebSocket(url, { headers: ${header} });`];
}

/** @param {Plan} plan */
function types({ words, audio, functions }) {
  const deltas = [words, audio].filter(Boolean).map((type) => `"${type}"`).join(" | ");
  const output = functions.length ? "; output: Item[]" : "";
  return [
    "type Failure = { error: { message: string } };",
    functions.length > 0 && "type Item = { type: string; name: string; call_id: string; arguments: string };",
    "type ServerEvent =",
    `  | { type: ${deltas}; delta: string }`,
    '  | { type: "error" } & Failure',
    `  | { type: "response.done"; response: { status: string; status_details?: Failure${output} } };`,
    "",
  ];
}
