// wscat: a command, and the lines to paste into it.

import { jsonLine, shellWord } from "./literals.js";
import { lines } from "./plan.js";
import { header, signIn } from "./shell.js";

/** @param {import("./plan.js").Plan} plan @returns {string} */
export function wscat(plan) {
  const { session, message, functions, afterCall } = plan;
  const shown = header(plan);
  const item = { type: "function_call_output", call_id: "call_…", output: '{"ok": true}' };
  const next = { type: "response.create", ...(afterCall && { response: afterCall }) };
  return lines(
    "# npm install --global wscat",
    signIn(plan),
    `wscat --connect ${shellWord(plan.url)}${shown && ` --header ${shown}`}`,
    "",
    "# Once it is connected, paste these lines:",
    session && jsonLine({ type: "session.update", session }),
    jsonLine({ type: "conversation.item.create", item: message }),
    jsonLine({ type: "response.create" }),
    functions.length > 0 && [
      "",
      "# When the model calls a function, answer with the call's own call_id:",
      jsonLine({ type: "conversation.item.create", item }),
      jsonLine(next),
    ],
  );
}
