// What is to be heard, in order. Sound from a network comes in bursts, so an item begins only when some of it has
// come; how much adapts to what the network does. Nothing ever breaks off at full loudness, for that clicks.

import { PlaybackItem } from "./playback-item.js";

/** Samples a second. */
export const RATE = 24_000;
const MS = RATE / 1000;

// So much is waited for before an item begins, at least and at most.
const [LEAST, MOST] = [60 * MS, 400 * MS];
// By so little it shrinks with every second that nothing was missing.
const SHRINKAGE = 4 * MS;
// How long it takes to fade where sound runs out, or begins again after that; and where it is cut.
const [FADE, CUT_FADE] = [5 * MS, 10 * MS];
// Loudness goes from 0 to so much, in whole numbers, so that a fade ends at silence and not just beside it.
const FULL = CUT_FADE;
// How often is told how much was heard.
const REPORT = 25 * MS;

/**
 * What is told of it. `samples` were heard of that item so far.
 *
 * - `played`: at the item's first sound, then every 25 ms.
 * - `ended`: all of it was heard.
 * - `cut`: the answer to a cut with that `id`; `unheard` samples had come and will not be heard. `item` is `null` if
 *   there was nothing to cut.
 * - `underrun`: sound came too late, and was missing in between. It is told when it comes, as only then it is known
 *   that the item was not just over. `queued` samples are there now, and `targetMs` are waited for from now on.
 *
 * @typedef {{ kind: "played" | "ended", item: string, samples: number }
 *   | { kind: "cut", id: number, item: string | null, samples: number, unheard: number }
 *   | { kind: "underrun", item: string, queued: number, targetMs: number }} Report
 */

export class PlaybackQueue {
  // The first one is what is heard.
  /** @type {PlaybackItem[]} */ #items = [];
  // What fades out because it was cut.
  /** @type {{ item: PlaybackItem, id: number } | null} */ #leaving = null;
  #isSounding = false;
  #gain = FULL;
  #target = LEAST;
  // For how many samples sound has been missing; `null` while it isn't.
  /** @type {number | null} */ #gap = null;
  /** Samples since it was missing last, or since the target was last adapted. */
  #calm = 0;
  #tell;

  /** @param {(report: Report) => void} tell */
  constructor(tell) {
    this.#tell = tell;
  }

  /** Whether there is something to be heard, now or when more of it will have come. */
  get isBusy() {
    return this.#items.length > 0 || this.#leaving !== null;
  }

  /**
   * @param {string} id the item's
   * @param {Int16Array} samples 24 kHz; belong to the queue from now on
   */
  add(id, samples) {
    if (samples.length === 0) return;
    let item = this.#items.find((item) => item.id === id);
    if (!item) this.#items.push((item = new PlaybackItem(id)));
    item.push(samples);
    if (item === this.#items[0] && this.#gap !== null) this.#adapt(item, this.#gap);
  }

  /**
   * No more comes of an item.
   *
   * @param {string} id
   */
  end(id) {
    const item = this.#items.find((item) => item.id === id);
    if (item) item.hasEnded = true;
  }

  /**
   * Fades out what is heard, and drops all that waits.
   *
   * @param {number} id by which it is answered
   */
  cut(id) {
    const [item] = this.#items;
    const wasSounding = this.#isSounding;
    this.#items = [];
    this.#isSounding = false;
    this.#gap = null;
    if (item && wasSounding) this.#leaving = { item, id };
    else this.#tell({ kind: "cut", id, item: item?.id ?? null, samples: item?.played ?? 0, unheard: item?.left ?? 0 });
  }

  /** @param {Float32Array} output filled with what is to be heard next: sound, or silence */
  read(output) {
    let at = 0;
    while (at < output.length) {
      if (this.#leaving) at = this.#leave(this.#leaving, output, at);
      else if (this.#isReady()) at = this.#sound(this.#items[0], output, at);
      else break;
    }
    output.fill(0, at);
    if (this.#gap !== null) this.#gap += output.length - at;
  }

  /** Whether the first item can be heard now; those that are over go. */
  #isReady() {
    while (this.#items.length > 0) {
      const [item] = this.#items;
      // Items follow each other: once there is another, no more comes of this one even if nobody said so.
      const isComplete = item.hasEnded || this.#items.length > 1;
      if (item.left > 0) {
        if (!this.#isSounding && !isComplete && item.left < this.#target) return false;
        if (!this.#isSounding && item.played === 0) this.#gain = FULL;
        this.#isSounding = true;
        return true;
      }
      if (!isComplete) {
        if (this.#isSounding) this.#gap = 0;
        this.#isSounding = false;
        return false;
      }
      this.#items.shift();
      this.#isSounding = false;
      this.#gap = null;
      this.#tell({ kind: "ended", item: item.id, samples: item.played });
    }
    return false;
  }

  /** @param {PlaybackItem} item @param {Float32Array} output @param {number} at @returns {number} */
  #sound(item, output, at) {
    const before = item.played;
    for (; at < output.length && item.left > 0; at++) {
      // The fade is over just when the last sample is there; should more come meanwhile, it turns around.
      this.#gain = clamp(this.#gain + (item.left > FADE ? FULL : -FULL) / FADE);
      output[at] = (item.take() * this.#gain) / FULL;
    }
    this.#calm += item.played - before;
    if (this.#calm >= RATE) {
      this.#calm -= RATE;
      this.#target = Math.max(LEAST, this.#target - SHRINKAGE);
    }
    if (item.told === 0 || item.played - item.told >= REPORT) {
      item.told = item.played;
      this.#tell({ kind: "played", item: item.id, samples: item.played });
    }
    return at;
  }

  /**
   * @param {{ item: PlaybackItem, id: number }} cut
   * @param {Float32Array} output
   * @param {number} at
   */
  #leave({ item, id }, output, at) {
    for (; at < output.length && item.left > 0 && this.#gain > 0; at++) {
      this.#gain = clamp(this.#gain - FULL / CUT_FADE);
      output[at] = (item.take() * this.#gain) / FULL;
    }
    if (item.left === 0 || this.#gain === 0) {
      this.#leaving = null;
      this.#tell({ kind: "cut", id, item: item.id, samples: item.played, unheard: item.left });
    }
    return at;
  }

  /**
   * Sound was missing. Had so much more of it been waited for, it would not have been; but a pause longer than ever is
   * waited for is no matter of the network's jitter, and to wait longer would not help.
   *
   * @param {PlaybackItem} item
   * @param {number} gap samples
   */
  #adapt(item, gap) {
    this.#gap = null;
    this.#calm = 0;
    if (gap <= MOST) this.#target = Math.min(MOST, this.#target + Math.max(20 * MS, gap));
    this.#tell({ kind: "underrun", item: item.id, queued: item.left, targetMs: this.#target / MS });
  }
}

/** @param {number} gain */
const clamp = (gain) => Math.max(0, Math.min(FULL, gain));
