/// <reference path="./types.d.ts" />
// Plays the queue at the device's rate.

import { PlaybackQueue, RATE } from "./playback-queue.js";
import { Resampler } from "./resampler.js";

/**
 * What it is told.
 *
 * @typedef {{ kind: "audio", item: string, samples: Int16Array } | { kind: "end", item: string }
 *   | { kind: "cut", id: number } | { kind: "stop" }} Order
 */

/** Takes {@link Order}s, and posts what the queue reports. */
class Playback extends AudioWorkletProcessor {
  #queue = new PlaybackQueue((report) => this.port.postMessage(report));
  #resampler = new Resampler(RATE, sampleRate);
  #block = new Float32Array(0);
  /** What is resampled, and how much of it went out. */
  #ready = new Float32Array(0);
  #used = 0;
  /** Samples of the device for which the queue has had nothing. */
  #silence = Infinity;
  #isOn = true;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => this.#obey(data);
  }

  /** @param {Order} order */
  #obey(order) {
    if (order.kind === "audio") this.#queue.add(order.item, order.samples);
    if (order.kind === "end") this.#queue.end(order.item);
    if (order.kind === "cut") this.#queue.cut(order.id);
    if (order.kind === "stop") this.#isOn = false;
  }

  /** @param {Float32Array[][]} _ @param {Float32Array[][]} outputs */
  process(_, [[output]]) {
    // What is still in the filter goes out, too; then it rests.
    this.#silence = this.#queue.isBusy ? 0 : this.#silence + output.length;
    if (this.#silence  * 1000 <= 10 * Math.max(1, this.#resampler.latencyMs) * sampleRate) this.#fill(output);
    return this.#isOn;
  }

  /** @param {Float32Array} output */
  #fill(output) {
    for (let at = 0; at < output.length; ) {
      if (this.#used === this.#ready.length) this.#pull(Math.ceil(((output.length - at) * RATE) / sampleRate));
      const count = Math.min(output.length - at, this.#ready.length - this.#used);
      output.set(this.#ready.subarray(this.#used, this.#used + count), at);
      this.#used += count;
      at += count;
    }
  }

  /** @param {number} count samples of the queue */
  #pull(count) {
    if (this.#block.length < count) this.#block = new Float32Array(count);
    const block = this.#block.subarray(0, count);
    this.#queue.read(block);
    this.#ready = this.#resampler.push(block);
    this.#used = 0;
  }
}

registerProcessor("playback", Playback);
