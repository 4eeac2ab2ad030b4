// Plays a session again as it was heard: both sides, on its own clock.

import { readWav } from "../audio/wav.js";
import { sound as soundOf } from "./recording.js";
import { RATE } from "./tracks.js";

/** Tells of itself by `change` when it begins and ends. */
export class Replay extends EventTarget {
  /** @type {AudioBufferSourceNode | null} */ #source = null;
  #startedAt = 0;
  #from = 0;

  /** @param {import("../audio/sound.js").Sound} sound */
  constructor(sound) {
    super();
    this.sound = sound;
  }

  /** Where it is, in milliseconds of the session; `null` while nothing plays. */
  get position() {
    return this.#source && this.#from + (this.sound.context.currentTime - this.#startedAt) * 1000;
  }

  /**
   * @param {import("./log.js").Entry[]} entries
   * @param {number} [from] milliseconds of the session
   */
  async start(entries, from = 0) {
    this.stop();
    await this.sound.open();
    const { channels } = readWav(await soundOf(entries).arrayBuffer());
    const { context } = this.sound;
    const buffer = context.createBuffer(channels.length, channels[0].length, RATE);
    channels.forEach((samples, index) => buffer.copyToChannel(/** @type {any} */ (samples), index));
    const source = new AudioBufferSourceNode(context, { buffer });
    // Each side has a channel, and is heard on both ears.
    const both = new GainNode(context, { channelCount: 1, channelCountMode: "explicit", gain: 2 });
    source.connect(both).connect(context.destination);
    source.onended = () => source === this.#source && this.stop();
    this.#source = source;
    this.#startedAt = context.currentTime;
    this.#from = from;
    source.start(0, from / 1000);
    this.dispatchEvent(new Event("change"));
  }

  stop() {
    const source = this.#source;
    if (!source) return;
    this.#source = null;
    source.stop();
    this.dispatchEvent(new Event("change"));
  }
}
