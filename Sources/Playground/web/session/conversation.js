// The conversation as a script: who said what, what of it was heard, and what was called. Read off the log.

import { RATE } from "./tracks.js";
import { gaType } from "./dialect.js";

/** @typedef {import("./log.js").Entry} Entry */
/** @typedef {import("../realtime.js").RealtimeEvent} RealtimeEvent */

/**
 * A line of the script.
 *
 * @typedef {object} Line
 * @property {string} id the item's; of a note its own
 * @property {"you" | "answer" | "system" | "call" | "note"} kind
 * @property {number} at milliseconds of the log
 * @property {string} text what is known of it by now
 * @property {boolean} isFinal whether the text stays as it is
 * @property {boolean} isSpoken whether there is sound of it
 * @property {number} heard how many characters were heard, of an answer
 * @property {boolean} isCut whether the rest will never be heard
 * @property {string} [response] the answer it is part of
 * @property {string} [failure] why it came to nothing
 * @property {Call} [call]
 * @property {Record<string, string | number>} [values] of a note
 */

/** @typedef {{ id: string, name: string, arguments: string, output: string | null }} Call */

/**
 * An answer.
 *
 * @typedef {object} Answer
 * @property {string} id
 * @property {number} at when it was created, in milliseconds of the log
 * @property {string | null} item what the user had said, if a turn asked for it
 * @property {string} status
 * @property {any} usage
 * @property {string[]} calls the identifiers of its calls
 */

// Characters that are spoken in a millisecond.
const PACE = 0.015;

/** Where in its sound each part of a text begins. */
class Alignment {
  /** @type {{ characters: number, ms: number }[]} */ #anchors = [];
  received = 0;
  played = 0;
  textEnd = 0;
  /** Whether all its sound has come. */
  isComplete = false;

  /** @param {number} characters so many there were before the part that begins now */
  anchor(characters) {
    if (this.#anchors.at(-1)?.ms !== this.received) this.#anchors.push({ characters, ms: this.received });
  }

  /**
   * How many characters of a text had been heard. Where a server sends words in step with their sound, those marks are used;
   * where it sends all words first, the share of the sound that was played.
   *
   * @param {string} text
   */
  heard(text) {
    if (!this.received) return 0;
    // Both are sums of fractions.
    if (this.isComplete && this.played > this.received - 1) return text.length;
    const inStep = this.textEnd > 0.6 * this.received || this.#anchors.length === 1;
    const marks = inStep ? this.#anchors : this.#anchors.slice(0, 1);
    const index = marks.findLastIndex((mark) => mark.ms <= this.played);
    if (index < 0) return 0;
    const from = marks[index];
    const to = marks[index + 1] ?? { characters: text.length, ms: this.#end(from, text) };
    const share = (this.played - from.ms) / Math.max(1, to.ms - from.ms);
    const about = Math.min(text.length, Math.floor(from.characters + share * (to.characters - from.characters)));
    // A word counts as heard when it is over.
    const space = text.lastIndexOf(" ", about);
    return about === text.length ? about : Math.max(0, space);
  }

  /**
   * Where the sound of the last part ends, or, while it is still coming, will end at the latest.
   *
   * @param {{ characters: number, ms: number }} from
   * @param {string} text
   */
  #end(from, text) {
    return this.isComplete ? this.received : Math.max(this.received, from.ms + (text.length - from.characters) / PACE);
  }
}

export class Conversation {
  /** @type {Line[]} */ lines = [];
  /** @type {Map<string, Answer>} */ answers = new Map();
  /**
   * The answer that is being made.
   *
   * @type {Answer | null}
   */
  active = null;
  /** @type {{ name: string, limit: number, remaining: number, reset_seconds: number }[]} */ limits = [];
  /** Tokens and such, of all answers. */
  usage = { answers: 0, input: 0, output: 0 };

  /** @type {Map<string, Line>} */ #byId = new Map();
  /** @type {Map<string, Alignment>} */ #alignments = new Map();
  #changed;
  #notes = 0;
  /** @type {string | null} */ #spoken = null;

  /**
   * @param {import("./log.js").Log} log
   * @param {(line: Line | null) => void} changed called with each line that is new or changed; `null` when all are gone
   */
  constructor(log, changed) {
    this.#changed = changed;
    log.read((entry) => this.#take(entry), () => this.#reset());
  }

  /** @param {string} id @returns {Line | undefined} */
  line(id) {
    return this.#byId.get(id);
  }

  #reset() {
    this.lines = [];
    this.answers = new Map();
    this.active = null;
    this.limits = [];
    this.usage = { answers: 0, input: 0, output: 0 };
    this.#byId.clear();
    this.#alignments.clear();
    this.#spoken = null;
    this.#changed(null);
  }

  /** @param {Entry} entry */
  #take(entry) {
    switch (entry.kind) {
      case "note":
        this.#add(`note-${++this.#notes}`, "note", entry.at, { text: entry.note, values: entry.values, isFinal: true });
        break;
      case "received":
        this.#receive(entry.at, entry.event);
        break;
      case "played":
      case "cut":
        this.#hear(entry.item, entry.ms, entry.kind === "cut");
    }
  }

  /** @param {string} item @param {number} ms @param {boolean} isCut */
  #hear(item, ms, isCut) {
    const line = this.#byId.get(item);
    const alignment = this.#alignments.get(item);
    if (!line || !alignment) return;
    alignment.played = ms;
    const heard = alignment.heard(line.text);
    if (heard === line.heard && isCut === line.isCut) return;
    line.heard = heard;
    line.isCut ||= isCut;
    this.#changed(line);
  }

  /**
   * @param {string} id
   * @param {Line["kind"]} kind
   * @param {number} at
   * @param {Partial<Line>} [more]
   */
  #add(id, kind, at, more = {}) {
    const line = { id, kind, at, text: "", isFinal: false, isSpoken: false, heard: 0, isCut: false, ...more };
    this.#byId.set(id, line);
    this.lines.push(line);
    this.#changed(line);
    return line;
  }

  /** @param {string} id @param {Partial<Line>} change */
  #change(id, change) {
    const line = this.#byId.get(id);
    if (line) this.#changed(Object.assign(line, change));
  }

  /** @param {number} at @param {RealtimeEvent} event */
  #receive(at, event) {
    const { item_id: id } = event;
    switch (gaType(event.type)) {
      case "input_audio_buffer.speech_started":
        this.#add(id, "you", at, { isSpoken: true });
        break;
      case "input_audio_buffer.committed":
        this.#spoken = id;
        if (!this.#byId.has(id)) this.#add(id, "you", at, { isSpoken: true });
        break;
      case "conversation.item.added":
        this.#added(at, event.item);
        break;
      case "conversation.item.deleted":
        this.lines = this.lines.filter((line) => line.id !== id);
        this.#change(id, { failure: "deleted" });
        break;
      case "conversation.item.truncated":
        this.#change(id, { isCut: true });
        break;
      case "conversation.item.input_audio_transcription.delta":
        this.#change(id, { text: (this.#byId.get(id)?.text ?? "") + event.delta });
        break;
      case "conversation.item.input_audio_transcription.completed":
        this.#change(id, { text: event.transcript, isFinal: true });
        break;
      case "conversation.item.input_audio_transcription.failed":
        this.#change(id, { failure: event.error?.message ?? "failed", isFinal: true });
        break;
      case "rate_limits.updated":
        this.limits = event.rate_limits;
        break;
      case "error":
        this.#add(`note-${++this.#notes}`, "note", at, {
          text: "note.error", isFinal: true, failure: event.error?.message ?? "",
        });
        break;
      default:
        if (event.type.startsWith("response.")) this.#answering(at, event);
    }
  }

  /** @param {number} at @param {any} item */
  #added(at, item) {
    if (item.type === "function_call_output") {
      const line = this.lines.find((line) => line.call?.id === item.call_id);
      if (line?.call) {
        line.call.output = item.output;
        this.#changed(line);
      }
    }
    if (item.type !== "message" || this.#byId.has(item.id)) return;
    const text = textOf(item);
    const kind = item.role === "user" ? "you" : item.role === "assistant" ? "answer" : "system";
    if (kind === "answer" && item.status === "in_progress") return; // its response brings it
    const isSpoken = (item.content ?? []).some((/** @type {any} */ part) => /audio/.test(part.type));
    this.#add(item.id, kind, at, { text, isFinal: !isSpoken || text !== "", isSpoken });
  }

  /** @param {number} at @param {RealtimeEvent} event */
  #answering(at, event) {
    const { item_id: id } = event;
    const line = this.#byId.get(id);
    switch (gaType(event.type)) {
      case "response.created": {
        const answer = {
          id: event.response.id, at, item: this.#spoken, status: "in_progress", usage: null, calls: /** @type {string[]} */ ([]),
        };
        this.#spoken = null;
        this.answers.set(answer.id, answer);
        this.active = answer;
        break;
      }
      case "response.output_item.added": {
        const { item, response_id: response } = event;
        if (item.type === "message") this.#add(item.id, "answer", at, { response });
        if (item.type !== "function_call") break;
        const call = { id: item.call_id, name: item.name, arguments: item.arguments ?? "", output: null };
        this.answers.get(response)?.calls.push(item.call_id);
        this.#add(item.id, "call", at, { response, call, text: item.name });
        break;
      }
      case "response.output_audio_transcript.delta":
        this.#alignment(id).anchor(line?.text.length ?? 0);
        this.#change(id, { text: (line?.text ?? "") + event.delta, isSpoken: true });
        break;
      case "response.output_audio_transcript.done": {
        const alignment = this.#alignment(id);
        alignment.textEnd = alignment.received;
        this.#change(id, { text: event.transcript, isFinal: true });
        break;
      }
      case "response.output_text.delta":
        this.#change(id, { text: (line?.text ?? "") + event.delta, heard: (line?.text ?? "").length + event.delta.length });
        break;
      case "response.output_text.done":
        this.#change(id, { text: event.text, heard: event.text.length, isFinal: true });
        break;
      case "response.output_audio.delta":
        this.#alignment(id).received += duration(event.delta);
        break;
      case "response.output_audio.done":
        this.#alignment(id).isComplete = true;
        break;
      case "response.function_call_arguments.delta":
        if (line?.call) line.call.arguments += event.delta;
        this.#change(id, {});
        break;
      case "response.function_call_arguments.done":
        if (line?.call) line.call.arguments = event.arguments;
        this.#change(id, { isFinal: true });
        break;
      case "response.done":
        this.#done(event.response);
    }
  }

  /** @param {any} response */
  #done(response) {
    const answer = this.answers.get(response.id);
    if (this.active?.id === response.id) this.active = null;
    if (!answer) return;
    answer.status = response.status;
    answer.usage = response.usage;
    this.usage.answers += 1;
    this.usage.input += response.usage?.input_tokens ?? 0;
    this.usage.output += response.usage?.output_tokens ?? 0;
    const error = response.status_details?.error;
    if (response.status === "failed" && error) {
      const last = this.lines.findLast((line) => line.response === response.id);
      const failure = error.message ?? error.code ?? "failed";
      if (last) this.#change(last.id, { failure });
      else this.#add(`note-${++this.#notes}`, "note", answer.at, { text: "note.failed", isFinal: true, failure });
    }
    for (const line of this.lines) if (line.response === response.id) this.#changed(line);
  }

  /** @param {string} item @returns {Alignment} */
  #alignment(item) {
    const alignment = this.#alignments.get(item) ?? new Alignment();
    this.#alignments.set(item, alignment);
    return alignment;
  }
}

/** @param {string} audio base64 of PCM16 @returns {number} milliseconds */
const duration = (audio) => ((audio.length * 3) / 4 - (audio.match(/=*$/)?.[0].length ?? 0)) / ((2 * RATE) / 1000);

/** @param {any} item @returns {string} what its parts say */
const textOf = (item) =>
  (item.content ?? []).map((/** @type {any} */ part) => part.text ?? part.transcript ?? "").filter(Boolean).join(" ");
