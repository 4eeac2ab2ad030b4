// A session in a file: the log, a line an entry, with all its sound. What was exported can be looked at and heard again.

import { wav } from "../audio/pcm.js";
import { gaType } from "./dialect.js";
import { RATE, samplesOf } from "./tracks.js";

/** @typedef {import("./log.js").Entry} Entry */
/** @typedef {{ started_at: string, service: string, name: string }} About */

const FORMAT = "vivavoce-session";
const KINDS = new Set(["sent", "received", "played", "cut", "timing", "note"]);

/** A file that is no recording; the message is a key of the texts (`fail.…`). */
export class RecordingError extends Error {
  /** @param {string} key @param {Record<string, string | number>} [values] */
  constructor(key, values = {}) {
    super(key);
    this.values = values;
  }
}

/**
 * @param {Entry[]} entries
 * @param {About} about
 * @returns {Blob} JSON Lines: first what it is, then an entry a line
 */
export function recording(entries, about) {
  const lines = [{ format: FORMAT, version: 1, ...about }, ...entries];
  return new Blob(lines.map((line) => `${JSON.stringify(line)}\n`), { type: "application/jsonl" });
}

/**
 * @param {string} text of a file that {@link recording} made
 * @returns {{ about: About, entries: Entry[] }}
 * @throws {RecordingError}
 */
export function readRecording(text) {
  const lines = text.split("\n").filter((line) => line.trim());
  const parsed = lines.map((line, index) => {
    try {
      return JSON.parse(line);
    } catch {
      throw new RecordingError("fail.recordingLine", { line: index + 1 });
    }
  });
  const [about, ...entries] = parsed;
  if (about?.format !== FORMAT) throw new RecordingError("fail.recordingFormat");
  if (about.version !== 1) throw new RecordingError("fail.recordingVersion", { version: String(about.version) });
  let last = 0;
  entries.forEach((entry, index) => {
    const isEvent = entry?.kind === "sent" || entry?.kind === "received";
    const isGood = KINDS.has(entry?.kind) && entry.at >= last && (!isEvent || typeof entry.event?.type === "string");
    if (!isGood) throw new RecordingError("fail.recordingLine", { line: index + 2 });
    last = entry.at;
  });
  return { about, entries };
}

/**
 * @param {Entry[]} entries
 * @returns {Blob} a WAV file of two channels, on the session's clock: what was said here, and what was heard of the answers
 */
export function sound(entries) {
  const length = Math.ceil(((entries.at(-1)?.at ?? 0) / 1000 + 0.1) * RATE);
  const [you, answer] = [new Int16Array(length), new Int16Array(length)];
  const put = (/** @type {Int16Array} */ channel, /** @type {number} */ start, /** @type {Int16Array} */ samples) => {
    const from = Math.max(0, -start);
    if (start + from < length) channel.set(samples.subarray(from, Math.max(from, Math.min(samples.length, length - start))), start + from);
  };
  /** @type {Map<string, Int16Array[]>} */
  const items = new Map();
  /** @type {Map<string, number>} */
  const played = new Map();
  let cursor = -Infinity;
  for (const entry of entries) {
    const at = Math.round((entry.at / 1000) * RATE);
    if (entry.kind === "sent" && entry.event.type === "input_audio_buffer.append") {
      const samples = samplesOf(entry.event.audio);
      if (Math.abs(at - samples.length - cursor) > 0.3 * RATE) cursor = Math.max(0, at - samples.length);
      put(you, cursor, samples);
      cursor += samples.length;
    } else if (entry.kind === "received" && gaType(entry.event.type) === "response.output_audio.delta") {
      const id = entry.event.item_id;
      items.set(id, [...(items.get(id) ?? []), samplesOf(entry.event.delta)]);
    } else if (entry.kind === "played" || entry.kind === "cut") {
      const [from, to] = [played.get(entry.item) ?? 0, Math.round((entry.ms / 1000) * RATE)];
      put(answer, at - (to - from), slice(items.get(entry.item) ?? [], from, to));
      played.set(entry.item, to);
    }
  }
  return new Blob([wav([you, answer], RATE)], { type: "audio/wav" });
}

/** @param {Int16Array[]} chunks @param {number} from @param {number} to @returns {Int16Array} */
function slice(chunks, from, to) {
  const samples = new Int16Array(Math.max(0, to - from));
  let start = 0;
  for (const chunk of chunks) {
    const [first, last] = [Math.max(from, start), Math.min(to, start + chunk.length)];
    if (first < last) samples.set(chunk.subarray(first - start, last - start), first - from);
    start += chunk.length;
  }
  return samples;
}

/**
 * @param {import("./conversation.js").Line[]} lines
 * @param {(line: import("./conversation.js").Line) => string} name who speaks, or what a note says
 * @returns {Blob} plain text; what was not heard stands in square brackets
 */
export function transcript(lines, name) {
  const texts = lines.map((line) => {
    if (line.kind === "note") return `<< ${name(line)} >>`;
    if (line.call) return `${name(line)}: ${line.call.name}(${line.call.arguments}) → ${line.call.output ?? "…"}`;
    const heard = line.isCut ? line.text.slice(0, line.heard) : line.text;
    const rest = line.isCut && line.heard < line.text.length ? ` [${line.text.slice(line.heard).trim()}]` : "";
    return `${name(line)}: ${heard}${rest}`;
  });
  return new Blob([texts.join("\n\n"), "\n"], { type: "text/plain" });
}
