// What is asked of the server, and what it echoes.

import assert from "node:assert/strict";
import { test } from "node:test";

import { fromPreview, toPreview } from "../../../Sources/Playground/web/session/dialect.js";
import { Settings, fields } from "../../../Sources/Playground/web/session/settings.js";
import { transcripts } from "./transcripts.js";

const given = /** @type {any} */ (transcripts().find(({ name }) => name === "audio-turn.ga.txt")).entries[1].event.session;
const transcription = { model: "gpt-4o-mini-transcribe" };

/** @type {[string, Record<string, any>, any][]} */
const table = [
  ["nothing but the transcription", {}, { audio: { input: { transcription } } }],
  ["instructions", { instructions: "Be brief." }, { instructions: "Be brief.", audio: { input: { transcription } } }],
  ["text", { modality: "text" }, { output_modalities: ["text"], audio: { input: { transcription } } }],
  ["a longest answer", { tokens: 100 }, { max_output_tokens: 100, audio: { input: { transcription } } }],
  ["voice and speed", { voice: "echo", speed: 1.2 }, { audio: { input: { transcription }, output: { voice: "echo", speed: 1.2 } } }],
  ["noise reduction", { noise: "near_field" }, { audio: { input: { transcription, noise_reduction: { type: "near_field" } } } }],
  ["no detection", { turns: "none" }, { audio: { input: { transcription, turn_detection: null } } }],
  ["one figure of the detector, with the others as given", { silence: 500 }, {
    audio: { input: { transcription, turn_detection: {
      type: "server_vad", threshold: 0.5, prefix_padding_ms: 300, silence_duration_ms: 500, create_response: true, interrupt_response: true,
    } } },
  }],
  ["semantic, without what only the other detector has", { turns: "semantic_vad", silence: 500, eagerness: "low" }, {
    audio: { input: { transcription, turn_detection: { type: "semantic_vad", eagerness: "low" } } },
  }],
  ["no temperature, which GA has not", { temperature: 0.6 }, { audio: { input: { transcription } } }],
];

for (const [name, wanted, expected] of table) {
  test(`asks for ${name}`, () => {
    const settings = new Settings();
    settings.echo(given);
    for (const [id, value] of Object.entries(wanted)) settings.want(id, value);
    assert.deepEqual(settings.update(), { type: "realtime", ...expected });
  });
}

test("a change asks for itself alone", () => {
  const settings = new Settings();
  settings.echo(given);
  settings.want("voice", "echo");
  settings.want("speed", 1.5);
  assert.deepEqual(settings.update(["speed"]), { type: "realtime", audio: { output: { speed: 1.5 } } });
});

test("what the server echoes is what is shown, and a standard is no wish", () => {
  const settings = new Settings();
  settings.echo(given);
  settings.want("voice", "echo");
  assert.equal(settings.value("voice"), "alloy", "not yet echoed");
  settings.echo({ ...given, audio: { ...given.audio, output: { ...given.audio.output, voice: "echo" } } });
  assert.equal(settings.value("voice"), "echo");
  settings.want("voice", "alloy");
  assert.ok(!settings.isChanged("voice"));
});

test("the preview's session is GA's in other words", () => {
  const settings = new Settings();
  settings.echo(given);
  for (const [id, value] of Object.entries({ instructions: "x", voice: "echo", speed: 0.5, modality: "text", tokens: 9, noise: "far_field", threshold: 0.9 })) {
    settings.want(id, value);
  }
  settings.setTools([{ name: "f", description: "", parameters: { type: "object" }, reply: null }]);
  const session = settings.update(undefined, { isPreview: true });
  assert.deepEqual(fromPreview(toPreview(session)), session);
});

test("temperature goes to the preview", () => {
  const settings = new Settings();
  settings.want("temperature", 0.6);
  assert.equal(toPreview(settings.update(undefined, { isPreview: true })).temperature, 0.6);
});

test("every field can be asked for", () => {
  for (const { id } of fields) {
    const settings = new Settings();
    assert.ok(Object.keys(settings.update([id], { isPreview: true })).length > 1, id);
  }
});
