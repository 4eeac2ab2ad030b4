/// <reference path="./types.d.ts" />
// Hears the microphone: one channel at 24 kHz, in pieces of 20 ms. Here and not in the page, which has other things
// to do just then.

import { Resampler } from "./resampler.js";
import { mono, toInt16 } from "./pcm.js";

/** Samples a second on the wire. */
const RATE = 24_000;
/** Samples a piece. */
const FRAME = 480;

/**
 * Posts `{ samples: Int16Array, level: { peak, rms } }`, 480 samples each, levels 0 … 1; the message `"stop"` ends
 * it. Where a device delivers nothing, nothing is posted: silence is not made up.
 */
class Capture extends AudioWorkletProcessor {
  #resampler = new Resampler(sampleRate, RATE);
  #frame = new Float32Array(FRAME);
  #length = 0;
  #isOn = true;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => {
      if (data === "stop") this.#isOn = false;
    };
  }

  /** @param {Float32Array[][]} inputs */
  process([channels]) {
    if (this.#isOn && channels.length > 0) this.#take(this.#resampler.push(mono(channels)));
    return this.#isOn;
  }

  /** @param {Float32Array} samples */
  #take(samples) {
    for (let at = 0; at < samples.length; ) {
      const count = Math.min(samples.length - at, FRAME - this.#length);
      this.#frame.set(samples.subarray(at, at + count), this.#length);
      this.#length += count;
      at += count;
      if (this.#length === FRAME) this.#post();
    }
  }

  #post() {
    this.#length = 0;
    let [peak, power] = [0, 0];
    for (const value of this.#frame) {
      peak = Math.max(peak, Math.abs(value));
      power += value * value;
    }
    const samples = toInt16(this.#frame);
    const level = { peak: Math.min(1, peak), rms: Math.min(1, Math.sqrt(power / FRAME)) };
    this.port.postMessage({ samples, level }, [samples.buffer]);
  }
}

registerProcessor("capture", Capture);
