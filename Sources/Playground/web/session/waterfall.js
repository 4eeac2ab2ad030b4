// Where the time of an answer went: from the last sound of what the user said to the first sound that was heard of the
// answer. The server's own times are used where it tells them; of another server's answers what can be seen from here.

import { asGA, gaType, get } from "./dialect.js";

/** @typedef {import("./log.js").Entry} Entry */

/**
 * A part of the bar.
 *
 * @typedef {object} Part
 * @property {"silence" | "understood" | "firstWord" | "firstClause" | "firstSound" | "way" | "text"} step what was reached at
 *   its end, by its key in the texts (`step.…`)
 * @property {number} from milliseconds after the last sound of the user's speech
 * @property {number} to
 * @property {boolean} isAhead whether it was done before the turn was over
 */

/**
 * @typedef {object} Waterfall
 * @property {string} response
 * @property {Part[]} parts
 * @property {number} stopped when the turn was over, in milliseconds after the last sound
 * @property {number} total when the first sound was heard here
 * @property {boolean} isServers whether the server told its own times
 * @property {boolean} wasPrepared
 */

/** What was seen of an answer: milliseconds of the log. */
/** @typedef {{ spokeUntil?: number, stopped?: number, created: number, text?: number, sound?: number, heard?: number, timing?: import("./log.js").Timing }} Seen */

export class Waterfalls {
  /** @type {Map<string, Seen>} */ #seen = new Map();
  /** @type {Map<string, string>} */ #responses = new Map();
  /** @type {{ until: number, at: number } | null} */ #stop = null;
  /** The silence that ends a turn. */
  #silence = 0;
  #changed;

  /**
   * @param {import("./log.js").Log} log
   * @param {import("./tracks.js").Tracks} tracks which reads the same log, and before this
   * @param {(response: string) => void} changed
   */
  constructor(log, tracks, changed) {
    this.#changed = changed;
    log.read((entry) => this.#take(entry, tracks), () => (this.#seen.clear(), this.#responses.clear(), (this.#stop = null)));
  }

  /** @param {Entry} entry @param {import("./tracks.js").Tracks} tracks */
  #take(entry, tracks) {
    if (entry.kind === "timing") {
      const seen = this.#seen.get(entry.timing.response_id);
      if (seen) seen.timing = entry.timing;
      this.#changed(entry.timing.response_id);
    }
    if (entry.kind === "played") {
      const response = this.#responses.get(entry.item);
      const seen = response && this.#seen.get(response);
      if (!seen || seen.heard !== undefined) return;
      seen.heard = entry.at - entry.ms;
      this.#changed(response);
    }
    if (entry.kind !== "received") return;
    const { event, at } = entry;
    const seen = this.#seen.get(event.response_id);
    switch (gaType(event.type)) {
      case "session.created":
      case "session.updated":
        this.#silence = get(asGA(event.session), ["audio", "input", "turn_detection", "silence_duration_ms"]) ?? 0;
        break;
      case "input_audio_buffer.speech_stopped":
        // The end it tells is that of the silence that was waited for.
        this.#stop = { until: Math.min(at, tracks.timeOf(event.audio_end_ms)) - this.#silence, at };
        break;
      case "response.created":
        this.#seen.set(event.response.id, { spokeUntil: this.#stop?.until, stopped: this.#stop?.at, created: at });
        this.#stop = null;
        break;
      case "response.output_item.added":
        this.#responses.set(event.item.id, event.response_id);
        break;
      case "response.output_audio_transcript.delta":
      case "response.output_text.delta":
        if (seen) seen.text ??= at;
        break;
      case "response.output_audio.delta":
        if (seen) seen.sound ??= at;
    }
  }

  /**
   * @param {string} response
   * @returns {Waterfall | null} `null` while nothing of it was heard, or when nobody had spoken
   */
  of(response) {
    const seen = this.#seen.get(response);
    if (!seen || seen.heard === undefined) return null;
    return seen.timing?.item_id ? fromServer(response, seen, seen.timing) : fromHere(response, seen);
  }

  /** @returns {Waterfall[]} of all answers so far */
  all() {
    return [...this.#seen.keys()].flatMap((id) => this.of(id) ?? []);
  }
}

/**
 * @param {string} response
 * @param {Seen} seen
 * @param {import("./log.js").Timing} timing
 * @returns {Waterfall}
 */
function fromServer(response, seen, timing) {
  const over = timing.turn_ended ?? 0;
  /** @type {[Part["step"], number | undefined][]} */
  const steps = [
    ["understood", timing.understood], ["firstWord", timing.first_word],
    ["firstClause", timing.first_clause], ["firstSound", timing.first_sound],
  ];
  /** @type {Part[]} */
  const parts = [];
  let from = 0;
  for (const [step, to] of steps) {
    if (to === undefined) continue;
    parts.push({ step, from, to: Math.max(from, to), isAhead: to <= over });
    from = Math.max(from, to);
  }
  // What the browser and the way add: from the moment the turn was over here, to that at which it was heard here.
  const total = over + (seen.heard ?? 0) - (seen.stopped ?? seen.created);
  parts.push({ step: "way", from: Math.min(from, total), to: Math.max(from, total), isAhead: false });
  return { response, parts, stopped: over, total, isServers: true, wasPrepared: timing.was_prepared };
}

/** @param {string} response @param {Seen} seen @returns {Waterfall} */
function fromHere(response, seen) {
  const start = seen.spokeUntil ?? seen.created;
  const stopped = (seen.stopped ?? seen.created) - start;
  /** @type {[Part["step"], number | undefined][]} */
  const steps = [["silence", seen.stopped], ["text", seen.text], ["firstSound", seen.sound], ["way", seen.heard]];
  /** @type {Part[]} */
  const parts = [];
  let from = 0;
  for (const [step, at] of steps) {
    if (at === undefined) continue;
    const to = Math.max(from, at - start);
    parts.push({ step, from, to, isAhead: false });
    from = to;
  }
  return { response, parts, stopped, total: from, isServers: false, wasPrepared: false };
}
