// The order of events: all golden transcripts keep to it, and each rule finds who does not.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Log } from "../../../Sources/Playground/web/session/log.js";
import { Order } from "../../../Sources/Playground/web/session/order.js";
import { transcripts } from "./transcripts.js";

/** @param {any[]} entries */
function faults(entries) {
  const log = new Log();
  const order = new Order(log);
  log.restart(entries);
  return order.faults.map(({ rule, detail }) => `${rule} ${detail}`.trim());
}

const all = transcripts();

test("there are transcripts to check", () => assert.ok(all.length > 60));

for (const { name, entries } of all) test(`${name} keeps to it`, () => assert.deepEqual(faults(entries), []));

const session = { type: "session.created", session: { type: "realtime" } };
const created = { type: "response.created", response: { id: "r", conversation_id: "c" } };
const item = { type: "response.output_item.added", response_id: "r", item: { id: "i" } };
const part = { type: "response.content_part.added", response_id: "r", item_id: "i", content_index: 0, part: {} };
const text = (/** @type {string} */ delta) => ({ type: "response.output_text.delta", response_id: "r", item_id: "i", content_index: 0, delta });
const done = { type: "response.done", response: { id: "r" } };
const started = { type: "input_audio_buffer.speech_started", item_id: "a" };

/** @type {Record<string, object[]>} */
const wrong = {
  "fault.first response.created": [created],
  "fault.eventId e": [{ ...session, event_id: "e" }, { type: "x", event_id: "e" }],
  "fault.dialect response.text.delta": [session, created, item, part, { ...text("a"), type: "response.text.delta" }],
  "fault.startedTwice a": [session, started, started],
  "fault.stoppedUnstarted b": [session, started, { type: "input_audio_buffer.speech_stopped", item_id: "b" }],
  "fault.previous x": [session, { type: "conversation.item.added", previous_item_id: "x", item: { id: "i" } }],
  "fault.itemUnadded i": [session, { type: "conversation.item.done", item: { id: "i" } }],
  "fault.transcribedTwice i": [session, ...Array(2).fill({ type: "conversation.item.input_audio_transcription.completed", item_id: "i" })],
  "fault.twoAnswers s": [session, created, { type: "response.created", response: { id: "s", conversation_id: "c" } }],
  "fault.afterDone response.output_item.added": [session, created, done, item],
  "fault.uncreated response.output_item.added": [session, item],
  "fault.openItem i": [session, created, item, done],
  "fault.itemClosed response.output_text.delta": [session, created, text("a")],
  "fault.openPart i": [session, created, item, part, { type: "response.output_item.done", response_id: "r", item: { id: "i" } }],
  "fault.partClosed response.output_text.delta": [session, created, item, text("a")],
  "fault.sum response.output_text.done": [session, created, item, part, text("a"), { ...text(""), type: "response.output_text.done", text: "ab" }],
};

for (const [fault, events] of Object.entries(wrong)) {
  test(`finds ${fault}`, () => assert.deepEqual(faults(events.map((event, at) => ({ at, kind: "received", event }))), [fault]));
}
