// Tones, and how loud they are in a sound.

/** @param {number} frequency @param {number} rate @param {number} length */
export const tone = (frequency, rate, length, amplitude = 0.5) =>
  Float32Array.from({ length }, (_, at) => amplitude * Math.sin((2 * Math.PI * frequency * at) / rate));

/** The amplitude of a frequency, by a Hann-windowed sum, so that no other leaks into it. */
export function amplitude(samples, frequency, rate) {
  let [real, imaginary, weight] = [0, 0, 0];
  samples.forEach((value, at) => {
    const window = 1 - Math.cos((2 * Math.PI * at) / samples.length);
    const angle = (2 * Math.PI * frequency * at) / rate;
    real += window * value * Math.cos(angle);
    imaginary += window * value * Math.sin(angle);
    weight += window;
  });
  return (2 * Math.hypot(real, imaginary)) / weight;
}

/** @param {Float32Array} samples */
export const rms = (samples) => Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);
export const decibel = (ratio) => 20 * Math.log10(Math.max(ratio, 1e-12));

/** A generator of the same numbers for the same seed, 0 … 1. */
export function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One that is printed, so that a failure can be seen again: `SEED=… node --test`. */
export const newSeed = () => Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
/** @param {string} file of the audio room */
export const audio = (file) => new URL(`../../../Sources/Playground/web/audio/${file}`, import.meta.url).href;
