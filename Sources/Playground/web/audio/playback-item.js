// The sound of an item of the conversation that waits to be heard. What was heard is let go of, so an answer of ten
// minutes costs no more than what is still to come of it, and a sample costs the same however much that is.

/** @typedef {{ samples: Int16Array, next: Chunk | null }} Chunk */

export class PlaybackItem {
  /** Samples that came of it. */
  received = 0;
  /** Samples that were heard of it. */
  played = 0;
  /** How many of those that were heard were told of. */
  told = 0;
  /** Whether no more comes. */
  hasEnded = false;

  /** @type {Chunk | null} */ #first = null;
  /** @type {Chunk | null} */ #last = null;
  #at = 0;

  /** @param {string} id */
  constructor(id) {
    this.id = id;
  }

  /** Samples that wait. */
  get left() {
    return this.received - this.played;
  }

  /** @param {Int16Array} samples at least one */
  push(samples) {
    const chunk = { samples, next: null };
    if (this.#last) this.#last.next = chunk;
    else this.#first = chunk;
    this.#last = chunk;
    this.received += samples.length;
  }

  /** @returns {number} the next sample, −1 … 1; there must be one */
  take() {
    const chunk = /** @type {Chunk} */ (this.#first);
    const sample = chunk.samples[this.#at++];
    if (this.#at === chunk.samples.length) {
      this.#first = chunk.next;
      if (!chunk.next) this.#last = null;
      this.#at = 0;
    }
    this.played++;
    return sample / 32_768;
  }
}
