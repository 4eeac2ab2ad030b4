// Sound as numbers: 16-bit samples, as they go over the wire, and floats, as browsers have them. All machines that run
// browsers are little-endian, as the wire is, so samples are bytes without further ado.

// As many arguments as a call may safely have.
const PIECE = 0x2000;

/** @param {Int16Array} samples @returns {string} their bytes, little-endian, in base64 */
export function encodeBase64(samples) {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(text);
}

/**
 * @param {string} text base64 of 16-bit samples, little-endian
 * @returns {Int16Array}
 * @throws {TypeError} which says in a sentence what is wrong with it
 */
export function decodeBase64(text) {
  if (typeof text !== "string") throw new TypeError("The audio is no text, so it can't be base64.");
  let bytes;
  try {
    bytes = atob(text);
  } catch {
    throw new TypeError("The audio is not valid base64.");
  }
  const isWhole = bytes.length % 2 === 0;
  if (!isWhole) throw new TypeError(`The audio has ${bytes.length} bytes; 16-bit samples have an even number.`);
  const data = new Uint8Array(bytes.length);
  for (let at = 0; at < data.length; at++) data[at] = bytes.charCodeAt(at);
  return new Int16Array(data.buffer);
}

/** @param {Float32Array} samples −1 … 1; what is beyond is clamped @returns {Int16Array} */
export function toInt16(samples) {
  const output = new Int16Array(samples.length);
  for (let at = 0; at < output.length; at++) {
    output[at] = Math.max(-32_768, Math.min(32_767, Math.round(samples[at] * 32_768)));
  }
  return output;
}

/** @param {Int16Array} samples @returns {Float32Array} −1 … 1 */
export function toFloat32(samples) {
  const output = new Float32Array(samples.length);
  for (let at = 0; at < output.length; at++) output[at] = samples[at] / 32_768;
  return output;
}

/**
 * @param {Int16Array} samples
 * @param {number} size samples a peak
 * @returns {Float32Array} the loudest of each `size` samples, 0 … 1; the last one may be of fewer
 */
export function peaks(samples, size) {
  const output = new Float32Array(Math.ceil(samples.length / size));
  for (let at = 0; at < samples.length; at++) {
    const peak = Math.floor(at / size);
    output[peak] = Math.max(output[peak], Math.abs(samples[at]) / 32_768);
  }
  return output;
}

/**
 * @param {Float32Array[]} channels of the same length
 * @returns {Float32Array} their mean, so that it is never louder than the loudest
 */
export function mono(channels) {
  if (channels.length === 1) return channels[0];
  const output = new Float32Array(channels[0]?.length ?? 0);
  for (const channel of channels) {
    for (let at = 0; at < output.length; at++) output[at] += channel[at] / channels.length;
  }
  return output;
}

export { wav, readWav } from "./wav.js";
