// WAV files: written with 16 bits, read with 16 bits or as floats.

const HEADER = 44;
const [PCM, FLOAT, EXTENSIBLE] = [1, 3, 0xfffe];

/**
 * @param {Int16Array[]} channels where one is shorter, it is silent at its end
 * @param {number} rate samples a second
 * @returns {Uint8Array} a file
 */
export function wav(channels, rate) {
  const length = Math.max(0, ...channels.map((channel) => channel.length));
  const frame = 2 * channels.length;
  const file = new Uint8Array(HEADER + length * frame);
  const view = new DataView(file.buffer);
  const name = (/** @type {number} */ at, /** @type {string} */ text) => {
    for (const [index, letter] of [...text].entries()) view.setUint8(at + index, letter.charCodeAt(0));
  };
  name(0, "RIFF");
  view.setUint32(4, file.length - 8, true);
  name(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, channels.length, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * frame, true);
  view.setUint16(32, frame, true);
  view.setUint16(34, 16, true);
  name(36, "data");
  view.setUint32(40, length * frame, true);
  const data = new Int16Array(file.buffer, HEADER);
  channels.forEach((channel, index) => {
    for (let at = 0; at < channel.length; at++) data[at * channels.length + index] = channel[at];
  });
  return file;
}

/**
 * @param {ArrayBuffer} file what else is in it is skipped; one that was cut off is read as far as it goes
 * @returns {{ rate: number, channels: Float32Array[] }} samples a second; each channel's samples, −1 … 1
 * @throws {Error} which says in a sentence why it can't be read
 */
export function readWav(file) {
  const view = new DataView(file);
  const name = (/** @type {number} */ at) => String.fromCharCode(...new Uint8Array(file, at, 4));
  if (file.byteLength < 12 || name(0) !== "RIFF" || name(8) !== "WAVE") throw new Error("This is no WAV file.");
  /** @type {Format | null} */
  let format = null;
  for (let at = 12; at + 8 <= file.byteLength; ) {
    const [chunk, start] = [name(at), at + 8];
    const size = Math.min(view.getUint32(at + 4, true), file.byteLength - start);
    if (chunk === "fmt ") format = readFormat(new DataView(file, start, size));
    if (chunk === "data") {
      if (!format) throw new Error("The WAV file does not say how its samples are written.");
      return { rate: format.rate, channels: readSamples(new DataView(file, start, size), format) };
    }
    // Chunks of an odd size are followed by a byte that counts for nothing.
    at = start + size + (size % 2);
  }
  throw new Error("The WAV file has no samples.");
}

/** @typedef {{ rate: number, channels: number, isFloat: boolean }} Format */

/** @param {DataView} chunk @returns {Format} */
function readFormat(chunk) {
  if (chunk.byteLength < 16) throw new Error("The WAV file is damaged: its format is too short.");
  const bits = chunk.getUint16(14, true);
  let kind = chunk.getUint16(0, true);
  if (kind === EXTENSIBLE && chunk.byteLength >= 26) kind = chunk.getUint16(24, true);
  const [channels, rate] = [chunk.getUint16(2, true), chunk.getUint32(4, true)];
  if (channels === 0 || rate === 0) throw new Error("The WAV file is damaged: it has no channels, or no rate.");
  if (!(kind === PCM && bits === 16) && !(kind === FLOAT && bits === 32)) {
    const what = `The WAV file has samples of kind ${kind} with ${bits} bits`;
    throw new Error(`${what}; 16-bit PCM and 32-bit floats can be read.`);
  }
  return { rate, channels, isFloat: kind === FLOAT };
}

/** @param {DataView} data @param {Format} format */
function readSamples(data, { channels, isFloat }) {
  const size = isFloat ? 4 : 2;
  const frames = Math.floor(data.byteLength / (size * channels));
  return Array.from({ length: channels }, (_, channel) => {
    const samples = new Float32Array(frames);
    for (let at = 0; at < frames; at++) {
      const byte = (at * channels + channel) * size;
      samples[at] = isFloat ? data.getFloat32(byte, true) : data.getInt16(byte, true) / 32_768;
    }
    return samples;
  });
}
