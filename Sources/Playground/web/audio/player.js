// What is heard of the answers: played in order, counted to the sample, and silenced at once when the user speaks.

import { RATE } from "./playback-queue.js";

// So long is waited for the worklet's answer to a cut; it keeps silent where the system has stopped all sound.
const PATIENCE = 300;

/** @typedef {{ item: string, ms: number, unheardMs: number }} Cut what was heard of an item, and the rest */
/** @typedef {{ received: number, played: number, hasEnded: boolean }} Item samples of 24 kHz */

export class Player {
  // Whoever wants to know sets these. Milliseconds are of the item's own sound.

  /** So much of an item was heard. */
  onPlayed = (/** @type {string} */ _item, /** @type {number} */ _ms) => {};
  /** An item was heard to its end. */
  onEnded = (/** @type {string} */ _item, /** @type {number} */ _ms) => {};
  /** Sound came too late; from now on so much of it is waited for. */
  onUnderrun = (/** @type {string} */ _item, /** @type {number} */ _targetMs) => {};

  #context;
  #node;
  #analyser;
  #scope;
  /** @type {MediaStreamAudioDestinationNode | null} */ #tap = null;
  // What is played or waits to be, in order.
  /** @type {Map<string, Item>} */ #items = new Map();
  // Items that were cut, of which more may come.
  /** @type {Set<string>} */ #silenced = new Set();
  /** @type {Map<number, (cut: Cut | null) => void>} */ #cuts = new Map();
  #cutCount = 0;

  /**
   * @param {{ context: AudioContext }} options a context with the worklet `playback`; see `Sound`
   * @returns {Promise<Player>}
   */
  static async open({ context }) {
    return new Player(context);
  }

  /** @param {AudioContext} context */
  constructor(context) {
    this.#context = context;
    this.#node = new AudioWorkletNode(context, "playback", { numberOfInputs: 0, outputChannelCount: [1] });
    this.#node.port.onmessage = ({ data }) => this.#hear(data);
    this.#analyser = new AnalyserNode(context, { fftSize: 1024 });
    this.#scope = new Float32Array(this.#analyser.fftSize);
    this.#node.connect(this.#analyser);
    this.#node.connect(context.destination);
  }

  /** Whether something is heard or waits to be. */
  get playing() {
    return this.#items.size > 0;
  }

  /** How loud it is just now: the peak of the last 20 ms, 0 … 1. */
  get level() {
    this.#analyser.getFloatTimeDomainData(this.#scope);
    return this.#scope.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0);
  }

  /** What is heard, as a stream. @returns {MediaStream} */
  get stream() {
    if (!this.#tap) this.#node.connect((this.#tap = this.#context.createMediaStreamDestination()));
    return this.#tap.stream;
  }

  /**
   * Queues sound of an item. What still comes of an item that was cut is not heard.
   *
   * @param {string} item
   * @param {Int16Array} samples 24 kHz
   */
  play(item, samples) {
    if (this.#silenced.has(item) || samples.length === 0) return;
    const known = this.#items.get(item);
    if (known) known.received += samples.length;
    else this.#items.set(item, { received: samples.length, played: 0, hasEnded: false });
    const own = samples.slice();
    this.#node.port.postMessage({ kind: "audio", item, samples: own }, [own.buffer]);
  }

  /**
   * No more comes of an item. To say so of one without sound does no harm.
   *
   * @param {string} item
   */
  end(item) {
    this.#silenced.delete(item);
    const known = this.#items.get(item);
    if (!known) return;
    known.hasEnded = true;
    this.#node.port.postMessage({ kind: "end", item });
  }

  /**
   * Silences what is heard within 10 ms, and drops all that waits.
   *
   * @returns {Promise<Cut | null>} what was cut, once it is silent; `null` if nothing was playing
   */
  async cut() {
    if (!this.playing) return null;
    const items = [...this.#items];
    this.#items.clear();
    for (const [id, item] of items) if (!item.hasEnded) this.#silenced.add(id);
    const number = ++this.#cutCount;
    this.#node.port.postMessage({ kind: "cut", id: number });
    const [[item, { received, played }]] = items;
    const guess = { item, ms: toMs(played), unheardMs: toMs(received - played) };
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle(number, guess), PATIENCE);
      this.#cuts.set(number, (cut) => (clearTimeout(timer), resolve(cut)));
    });
  }

  /**
   * Plays through another device, where the browser can.
   *
   * @param {string} deviceId of an `audiooutput`; the system's own choice if empty
   * @returns {Promise<boolean>} whether it does
   */
  async setOutput(deviceId) {
    const context = /** @type {{ setSinkId?: (id: string) => Promise<void> }} */ (this.#context);
    if (!context.setSinkId) return false;
    await context.setSinkId(deviceId);
    return true;
  }

  /** Lets go of everything; nothing is told after that. */
  close() {
    for (const number of [...this.#cuts.keys()]) this.#settle(number, null);
    this.#items.clear();
    this.#node.port.postMessage({ kind: "stop" });
    this.#node.port.onmessage = null;
    this.#node.disconnect();
  }

  /** @param {import("./playback-queue.js").Report} report */
  #hear(report) {
    switch (report.kind) {
      case "played": {
        const item = this.#items.get(report.item);
        if (item) item.played = report.samples;
        return this.onPlayed(report.item, toMs(report.samples));
      }
      case "ended":
        this.#items.delete(report.item);
        return this.onEnded(report.item, toMs(report.samples));
      case "cut": {
        const { id, item, samples, unheard } = report;
        return this.#settle(id, item === null ? null : { item, ms: toMs(samples), unheardMs: toMs(unheard) });
      }
      case "underrun":
        return this.onUnderrun(report.item, report.targetMs);
    }
  }

  /** @param {number} number @param {Cut | null} cut */
  #settle(number, cut) {
    this.#cuts.get(number)?.(cut);
    this.#cuts.delete(number);
  }
}

/** @param {number} samples */
const toMs = (samples) => (samples * 1000) / RATE;
