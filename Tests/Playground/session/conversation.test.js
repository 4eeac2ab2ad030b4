// The script of a conversation, read off a log.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Conversation } from "../../../Sources/Playground/web/session/conversation.js";
import { Log } from "../../../Sources/Playground/web/session/log.js";
import { readRecording, recording, transcript } from "../../../Sources/Playground/web/session/recording.js";
import { transcripts } from "./transcripts.js";

/** @param {any[]} entries */
function conversation(entries) {
  const log = new Log();
  const conversation = new Conversation(log, () => {});
  log.restart(entries);
  return conversation;
}

const find = (/** @type {string} */ name) => /** @type {any} */ (transcripts().find((transcript) => transcript.name === name)).entries;

for (const dialect of ["ga", "preview"]) {
  test(`a spoken turn reads alike in ${dialect}`, () => {
    const { lines, usage } = conversation(find(`audio-turn.${dialect}.txt`));
    const said = lines.filter((line) => line.kind !== "note");
    assert.deepEqual(said.slice(0, 2).map(({ kind, isSpoken }) => [kind, isSpoken]), [["you", true], ["answer", true]]);
    assert.match(said[1].text, /^It is noon/);
    assert.equal(said[1].heard, 0, "nothing was played");
    assert.ok(usage.answers >= 1);
  });
}

const second = Buffer.alloc(48_000).toString("base64");
const delta = (/** @type {string} */ words) => ({ type: "response.output_audio_transcript.delta", response_id: "r", item_id: "i", delta: words });
const audio = { type: "response.output_audio.delta", response_id: "r", item_id: "i", delta: second };
const began = [
  { type: "response.created", response: { id: "r" } },
  { type: "response.output_item.added", response_id: "r", item: { id: "i", type: "message" } },
];
const received = (/** @type {object[]} */ events) => events.map((event, at) => ({ at, kind: "received", event }));
const heard = (/** @type {object[]} */ events, /** @type {number} */ ms) =>
  conversation([...received([...began, ...events]), { at: 100, kind: "played", item: "i", ms }]).line("i")?.heard;

const over = { type: "response.output_audio.done", response_id: "r", item_id: "i" };

test("words are heard in step with their sound", () => {
  const events = [delta("One two three."), audio, delta(" Four five six."), audio, over];
  assert.deepEqual([0, 500, 1000, 1500, 2000].map((ms) => heard(events, ms)), [0, 7, 14, 19, 29]);
});

test("where all words come first, the share of the sound tells", () => {
  const events = [delta("One two three."), delta(" Four five six."), { type: "response.output_audio_transcript.done", response_id: "r", item_id: "i", transcript: "One two three. Four five six." }, audio, audio, over];
  assert.deepEqual([1000, 2000].map((ms) => heard(events, ms)), [14, 29]);
});

test("the end of the sound is the end of the words, whatever its length", () => {
  for (let bytes = 2; bytes < 40; bytes += 2) {
    const odd = { ...audio, delta: Buffer.alloc(bytes).toString("base64") };
    assert.equal(heard([delta("Hm."), odd, over], bytes / 48), 3, `${bytes} bytes`);
  }
});

test("as long as sound is still coming, not all is heard", () => {
  const events = [delta("One two three four five six seven eight nine ten."), audio];
  assert.ok(Number(heard(events, 1000)) < 20);
});

test("what was cut stays cut", () => {
  const line = conversation([
    ...received([...began, delta("One two three four."), audio]), { at: 50, kind: "cut", item: "i", ms: 500, unheard: 500 },
  ]).line("i");
  assert.deepEqual([line?.isCut, line?.text.slice(0, line.heard)], [true, "One two"]);
});

test("a recording is read as it was written", async () => {
  for (const { name, entries } of transcripts()) {
    const about = { started_at: "2026-11-23T10:00:00.000Z", service: "openai", name: "gpt-realtime" };
    const again = readRecording(await recording(entries, about).text());
    assert.deepEqual(again.entries, entries, name);
    assert.equal(again.about.name, "gpt-realtime");
  }
});

for (const [fault, text] of Object.entries({
  "fail.recordingFormat": '{"a":1}\n',
  "fail.recordingVersion": '{"format":"vivavoce-session","version":2}\n',
  "fail.recordingLine": '{"format":"vivavoce-session","version":1}\n{"at":5,"kind":"note","note":"x"}\n{"at":4,"kind":"note","note":"x"}\n',
})) test(`a file that is none: ${fault}`, () => assert.throws(() => readRecording(text), { message: fault }));

test("a transcript says what was not heard", async () => {
  const { lines } = conversation([
    ...received([...began, delta("One two three four."), audio]), { at: 50, kind: "cut", item: "i", ms: 500, unheard: 500 },
  ]);
  assert.equal(await transcript(lines, (line) => line.kind).text(), "answer: One two [three four.]\n");
});
