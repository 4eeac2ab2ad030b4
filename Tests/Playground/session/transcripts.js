// The golden transcripts of the session's rules, as a log that the page could have written.

import { readFileSync, readdirSync } from "node:fs";

// Debian's Node has none yet.
globalThis.CustomEvent ??= /** @type {any} */ (class extends Event {
  /** @param {string} type @param {{ detail?: any }} [options] */
  constructor(type, options) {
    super(type);
    this.detail = options?.detail;
  }
});

const folder = new URL("../../SessionCoreTests/Transcripts/", import.meta.url);

/** @returns {{ name: string, entries: import("../../../Sources/Playground/web/session/log.js").Entry[] }[]} */
export const transcripts = () =>
  readdirSync(folder).filter((name) => /\.(ga|preview)\.txt$/.test(name)).sort().map((name) => ({ name, entries: read(name) }));

/** @param {string} name */
function read(name) {
  /** @type {any[]} */
  const entries = [{ at: 0, kind: "note", note: "note.started" }];
  let event = 0;
  for (const line of readFileSync(new URL(name, folder), "utf8").split("\n")) {
    const at = entries.length * 10;
    const kind = line.startsWith("< ") ? "received" : "sent";
    const text = line.slice(2);
    if (!/^[<>] /.test(line)) continue;
    const sound = text.match(/^(response\.(?:output_)?audio\.delta) (\S+) (\d+) ms$/);
    if (sound) {
      const response = entries.findLast((entry) => entry.event?.item?.id === sound[2] && entry.event.response_id)?.event.response_id;
      const delta = Buffer.alloc(Number(sound[3]) * 48).toString("base64");
      entries.push({ at, kind, event: { type: sound[1], response_id: response, item_id: sound[2], output_index: 0, content_index: 0, delta } });
    } else if (text.startsWith("{")) {
      const parsed = JSON.parse(text);
      if (kind === "received") parsed.event_id ??= `event_${++event}`;
      entries.push({ at, kind, event: parsed });
    }
  }
  // What clients of the transcripts send wrongly on purpose, this one could not.
  return entries.filter(({ event }) => event === undefined || typeof event.type === "string");
}
