// The preview's names for what GA calls otherwise. Everything else in the page knows GA's names alone.

/** @typedef {import("../realtime.js").RealtimeEvent} RealtimeEvent */
/** @typedef {Record<string, any>} Session */

/** @type {Record<string, string>} */
const types = {
  "response.text.delta": "response.output_text.delta",
  "response.text.done": "response.output_text.done",
  "response.audio.delta": "response.output_audio.delta",
  "response.audio.done": "response.output_audio.done",
  "response.audio_transcript.delta": "response.output_audio_transcript.delta",
  "response.audio_transcript.done": "response.output_audio_transcript.done",
  "conversation.item.created": "conversation.item.added",
  "transcription_session.created": "session.created",
  "transcription_session.updated": "session.updated",
};

/**
 * GA's name of an event.
 *
 * @param {string} type
 */
export const gaType = (type) => types[type] ?? type;

/** Each of the preview's names that GA has another for. */
export const previewTypes = new Set(Object.keys(types));

/** @type {Record<string, object>} */
const formats = {
  pcm16: { type: "audio/pcm", rate: 24000 },
  g711_ulaw: { type: "audio/pcmu" },
  g711_alaw: { type: "audio/pcma" },
};

// Where a field stands in the preview's session and in GA's.
/** @type {[preview: string, ga: string[]][]} */
const fields = [
  ["instructions", ["instructions"]],
  ["voice", ["audio", "output", "voice"]],
  ["speed", ["audio", "output", "speed"]],
  ["turn_detection", ["audio", "input", "turn_detection"]],
  ["input_audio_transcription", ["audio", "input", "transcription"]],
  ["input_audio_noise_reduction", ["audio", "input", "noise_reduction"]],
  ["max_response_output_tokens", ["max_output_tokens"]],
  ["temperature", ["temperature"]],
  ["tools", ["tools"]],
  ["tool_choice", ["tool_choice"]],
  ["model", ["model"]],
  ["id", ["id"]],
  ["expires_at", ["expires_at"]],
];

/**
 * @param {any} object
 * @param {string[]} path
 * @returns {any} what stands there; `undefined` if nothing does
 */
export const get = (object, path) => path.reduce((inner, name) => inner?.[name], object);

/**
 * @param {Record<string, any>} object
 * @param {string[]} path objects are made on the way
 * @param {any} value
 */
export function set(object, path, value) {
  let inner = object;
  for (const name of path.slice(0, -1)) inner = inner[name] ??= {};
  inner[path[path.length - 1]] = value;
}

/**
 * A session of GA as the preview would have it.
 *
 * @param {Session} session whole or in part
 * @returns {Session}
 */
export function toPreview(session) {
  /** @type {Session} */
  const preview = {};
  for (const [name, path] of fields) {
    const value = get(session, path);
    if (value !== undefined) preview[name] = value;
  }
  const modalities = session.output_modalities;
  if (modalities) preview.modalities = modalities.includes("audio") ? ["audio", "text"] : ["text"];
  return preview;
}

/**
 * A session of the preview as GA would have it.
 *
 * @param {Session} preview
 * @returns {Session}
 */
export function fromPreview(preview) {
  /** @type {Session} */
  const session = { type: "realtime" };
  for (const [name, path] of fields) if (preview[name] !== undefined) set(session, path, preview[name]);
  if (preview.modalities) session.output_modalities = preview.modalities.includes("audio") ? ["audio"] : ["text"];
  for (const [name, side] of [["input_audio_format", "input"], ["output_audio_format", "output"]]) {
    if (preview[name]) set(session, ["audio", side, "format"], formats[preview[name]] ?? preview[name]);
  }
  return session;
}

/** @param {Session} session as a server sent it, of either dialect; as GA would have it */
export const asGA = (session) => (session.type === "realtime" || session.audio ? session : fromPreview(session));
