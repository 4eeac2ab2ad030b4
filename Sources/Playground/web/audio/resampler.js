// Changes the rate of a stream of sound: a low-pass as a windowed sinc, kept as one short filter for each place where
// a new sample can fall between two old ones (polyphase). Speech sounds worse by every alias that slips into it, and
// recognizers mind more than people do.

// What is passed and what is not, in parts of the lower rate's half: flat to 0.9, and at 1 already in the stopband.
const MIDDLE = 0.95;
const TRANSITION = 0.1;
// Of the stopband, in dB; a Kaiser window's β and length follow from it.
const ATTENUATION = 72;
const BETA = 0.1102 * (ATTENUATION - 8.7);
// The filter's half, in samples of the lower rate.
const HALF = (ATTENUATION - 7.95) / (14.36 * TRANSITION);

/** A streaming change of rate. Chunks may have any length; where they are parted is not heard. */
export class Resampler {
  /** How much later than it came sound goes out, in milliseconds; about 1.9 where the lower rate is 24 kHz. */
  latencyMs = 0;

  // The rates without what they have in common: `#up` new samples for `#down` old ones.
  /** @type {number} */ #up;
  /** @type {number} */ #down;
  #taps = 0;
  /** The filters, one after the other. */
  #table = new Float32Array(0);
  /** What came last, and is still needed, then what comes. */
  #buffer = new Float32Array(0);
  #kept = 0;
  /** Where the next new sample falls: between `#at` and the sample after it, in parts of `#up`. */
  #at = 0;
  #phase = 0;

  /**
   * @param {number} fromRate samples a second that come
   * @param {number} toRate samples a second that go
   */
  constructor(fromRate, toRate) {
    const divisor = gcd(fromRate, toRate);
    this.#up = toRate / divisor;
    this.#down = fromRate / divisor;
    if (this.#up === this.#down) return;
    const stretch = Math.max(1, fromRate / toRate);
    this.#taps = 2 * Math.ceil(HALF * stretch);
    this.#table = filters(this.#up, this.#taps, stretch);
    this.#buffer = new Float32Array(this.#taps + 1024);
    this.#kept = this.#taps - 1;
    this.latencyMs = (this.#taps / 2 / fromRate) * 1000;
  }

  /**
   * @param {Float32Array} samples at the old rate
   * @returns {Float32Array} what is ready of it at the new rate; the very same array if the rates are equal
   */
  push(samples) {
    if (this.#taps === 0) return samples;
    const length = this.#kept + samples.length;
    if (length > this.#buffer.length) {
      const larger = new Float32Array(length);
      larger.set(this.#buffer.subarray(0, this.#kept));
      this.#buffer = larger;
    }
    this.#buffer.set(samples, this.#kept);
    // The n-th from here begins at `at + ⌊(phase + n · down) / up⌋`, and needs all its taps.
    const room = length - this.#taps - this.#at;
    const count = room < 0 ? 0 : Math.floor((room * this.#up + this.#up - 1 - this.#phase) / this.#down) + 1;
    const output = new Float32Array(Math.max(0, count));
    this.#filter(output);
    const used = Math.min(this.#at, length);
    this.#buffer.copyWithin(0, used, length);
    this.#kept = length - used;
    this.#at -= used;
    return output;
  }

  /** @param {Float32Array} output */
  #filter(output) {
    const [buffer, table, taps, up, down] = [this.#buffer, this.#table, this.#taps, this.#up, this.#down];
    let [at, phase] = [this.#at, this.#phase];
    for (let index = 0; index < output.length; index++) {
      const filter = phase * taps;
      let sum = 0;
      for (let tap = 0; tap < taps; tap++) sum += buffer[at + tap] * table[filter + tap];
      output[index] = sum;
      phase += down;
      while (phase >= up) {
        phase -= up;
        at++;
      }
    }
    this.#at = at;
    this.#phase = phase;
  }
}

/** @param {number} a @param {number} b @returns {number} */
const gcd = (a, b) => (b === 0 ? a : gcd(b, a % b));

/**
 * @param {number} phases
 * @param {number} taps of each, even
 * @param {number} stretch how many old samples there are in one of the lower rate
 */
function filters(phases, taps, stretch) {
  const table = new Float32Array(phases * taps);
  for (let phase = 0; phase < phases; phase++) {
    const filter = table.subarray(phase * taps, (phase + 1) * taps);
    for (let tap = 0; tap < taps; tap++) {
      const distance = tap - (taps / 2 - 1) - phase / phases;
      filter[tap] = sinc((distance / stretch) * MIDDLE) * kaiser(distance / (taps / 2));
    }
    // So that the level of a steady sound is the same in each phase.
    const sum = filter.reduce((total, value) => total + value, 0);
    filter.forEach((value, tap) => (filter[tap] = value / sum));
  }
  return table;
}

/** @param {number} x */
const sinc = (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** @param {number} x −1 … 1 from end to end of the window */
const kaiser = (x) => (Math.abs(x) > 1 ? 0 : bessel(BETA * Math.sqrt(1 - x * x)) / bessel(BETA));

/**
 * The modified Bessel function of the first kind, of order 0.
 *
 * @param {number} x
 */
function bessel(x) {
  let [sum, term] = [1, 1];
  for (let k = 1; term > sum * 1e-9; k++) {
    term *= (x / 2 / k) ** 2;
    sum += term;
  }
  return sum;
}
