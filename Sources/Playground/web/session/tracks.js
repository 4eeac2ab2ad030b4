// What both sides said, on one clock: the loudness of each 10 ms, and where speech was heard. Read off the log.

import { decodeBase64, peaks } from "../audio/pcm.js";
import { gaType } from "./dialect.js";

/** @typedef {import("./log.js").Entry} Entry */

/** Samples a second on the wire. */
export const RATE = 24_000;
/** Milliseconds a bar of the tracks. */
export const BAR = 10;
const SAMPLES = (RATE * BAR) / 1000;
// Sound that comes so much sooner or later than due is not the continuation of what came before.
const GAP = 300;

/**
 * @param {string} audio base64 of PCM16
 * @returns {Int16Array} nothing, where a server sent what is no sound: that must not end the session
 */
export function samplesOf(audio) {
  try {
    return decodeBase64(audio);
  } catch {
    return new Int16Array();
  }
}

/** The loudness of each 10 ms since the log began, 0 … 1. Grows as needed. */
export class Track {
  #bars = new Float32Array(6_000);
  /** How many bars there are. */
  length = 0;

  /**
   * @param {number} index
   * @param {number} peak
   */
  set(index, peak) {
    if (index < 0) return;
    if (index >= this.#bars.length) {
      const more = new Float32Array(Math.max(index + 1, this.#bars.length * 2));
      more.set(this.#bars);
      this.#bars = more;
    }
    this.#bars[index] = Math.max(this.#bars[index], peak);
    this.length = Math.max(this.length, index + 1);
  }

  /** @param {number} index @returns {number} 0 where nothing is */
  at(index) {
    return index >= 0 && index < this.length ? this.#bars[index] : 0;
  }
}

/** Where speech was heard, a turn or an answer was cut, in milliseconds of the log. */
/** @typedef {{ from: number, to: number | null, item: string }} Span */

export class Tracks {
  you = new Track();
  answer = new Track();
  /** What was not heard of answers that were cut. */
  unheard = new Track();
  /**
   * Where the server heard speech; the last one may be open.
   *
   * @type {Span[]}
   */
  speech = [];
  /**
   * Where answers were cut.
   *
   * @type {{ at: number, item: string }[]}
   */
  cuts = [];

  #cursor = -Infinity;
  #sent = 0;
  /**
   * Where on the log's clock the sound stands that was sent.
   *
   * @type {{ ms: number, at: number }[]}
   */
  #pieces = [];
  /**
   * The loudness of each answer.
   *
   * @type {Map<string, number[]>}
   */
  #items = new Map();
  /**
   * How much of each was played.
   *
   * @type {Map<string, number>}
   */
  #played = new Map();

  /** @param {import("./log.js").Log} log */
  constructor(log) {
    log.read((entry) => this.#take(entry), () => this.#reset());
  }

  #reset() {
    Object.assign(this, { you: new Track(), answer: new Track(), unheard: new Track(), speech: [], cuts: [] });
    this.#cursor = -Infinity;
    this.#sent = 0;
    this.#pieces = [];
    this.#items.clear();
    this.#played.clear();
  }

  /**
   * Where a moment of the sound that was sent stands on the log's clock: `audio_start_ms` and `audio_end_ms` count sound,
   * not time.
   *
   * @param {number} ms
   * @returns {number}
   */
  timeOf(ms) {
    const piece = this.#pieces.findLast((piece) => piece.ms <= ms) ?? this.#pieces[0];
    return piece ? piece.at + ms - piece.ms : 0;
  }

  /** @param {string} item @returns {number} how many milliseconds of its sound have come */
  received(item) {
    return (this.#items.get(item)?.length ?? 0) * BAR;
  }

  /** @param {Entry} entry */
  #take(entry) {
    if (entry.kind === "sent" && entry.event.type === "input_audio_buffer.append") this.#said(entry.at, entry.event.audio);
    if (entry.kind === "received") this.#receive(entry.at, entry.event);
    if (entry.kind === "played") this.#play(entry.at, entry.item, entry.ms);
    if (entry.kind === "cut") {
      this.cuts.push(entry);
      this.#play(entry.at, entry.item, entry.ms);
      const bars = this.#items.get(entry.item) ?? [];
      const first = Math.round(entry.ms / BAR);
      for (let bar = first; bar < bars.length; bar++) this.unheard.set(Math.round(entry.at / BAR) + bar - first, bars[bar]);
    }
  }

  /** @param {number} at @param {string} audio */
  #said(at, audio) {
    const bars = peaks(samplesOf(audio), SAMPLES);
    const start = at - bars.length * BAR;
    if (Math.abs(start - this.#cursor) > GAP) {
      this.#cursor = Math.max(0, start);
      this.#pieces.push({ ms: this.#sent, at: this.#cursor });
    }
    bars.forEach((peak, bar) => this.you.set(Math.floor(this.#cursor / BAR) + bar, peak));
    this.#cursor += bars.length * BAR;
    this.#sent += bars.length * BAR;
  }

  /** @param {number} at @param {import("../realtime.js").RealtimeEvent} event */
  #receive(at, event) {
    switch (gaType(event.type)) {
      case "input_audio_buffer.speech_started":
        this.speech.push({ from: Math.min(at, this.timeOf(event.audio_start_ms)), to: null, item: event.item_id });
        break;
      case "input_audio_buffer.speech_stopped": {
        const span = this.speech.findLast((span) => span.item === event.item_id && span.to === null);
        if (span) span.to = this.timeOf(event.audio_end_ms);
        break;
      }
      case "response.output_audio.delta": {
        const bars = this.#items.get(event.item_id) ?? [];
        this.#items.set(event.item_id, bars);
        bars.push(...peaks(samplesOf(event.delta), SAMPLES));
      }
    }
  }

  /** @param {number} at @param {string} item @param {number} ms */
  #play(at, item, ms) {
    const bars = this.#items.get(item) ?? [];
    const before = this.#played.get(item) ?? 0;
    const end = Math.min(bars.length, Math.round(ms / BAR));
    for (let bar = Math.round(before / BAR); bar < end; bar++) {
      this.answer.set(Math.round((at - ms) / BAR) + bar, bars[bar]);
    }
    this.#played.set(item, Math.max(before, ms));
  }
}
