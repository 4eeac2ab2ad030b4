// Speaks a question in the user's stead, so that who has no microphone can ask, too.

import { mono, toInt16 } from "./pcm.js";
import { Resampler } from "./resampler.js";
import { readWav } from "./wav.js";

const [RATE, FRAME, FRAME_MS] = [24_000, 480, 20];
// So much silence follows: by it the server knows that the question is over.
const SILENCE = 1 * RATE;

/**
 * Feeds a recording as a microphone would, in real time, followed by a second of silence.
 *
 * @param {string | URL} url of a WAV file
 * @param {(samples: Int16Array) => void} onFrame 480 samples of 24 kHz, every 20 ms
 * @param {AbortSignal} [signal] ends it early
 * @returns {Promise<void>} settles once all is fed, and when it was ended early
 * @throws {Error} if there is no such file, or it can't be read
 */
export async function speakQuestion(url, onFrame, signal) {
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) throw new Error(`The question could not be fetched: ${response.status} for ${response.url}`);
    const samples = prepare(readWav(await response.arrayBuffer()));
    const start = performance.now();
    // Each piece is due by the clock and not by the one before it: timers that fire late, as in a tab that nobody
    // looks at, make bursts but no delay.
    for (let at = 0; at < samples.length; at += FRAME) {
      const due = start + (at / FRAME) * FRAME_MS;
      if (due > performance.now()) await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
      if (signal?.aborted) return;
      onFrame(samples.slice(at, at + FRAME));
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

/**
 * @param {{ rate: number, channels: Float32Array[] }} file
 * @returns {Int16Array} whole pieces of 20 ms, silent at the end
 */
function prepare({ rate, channels }) {
  const resampler = new Resampler(rate, RATE);
  const spoken = toInt16(resampler.push(mono(channels)));
  const rest = toInt16(resampler.push(new Float32Array(Math.ceil((resampler.latencyMs * rate) / 1000))));
  const samples = new Int16Array(Math.ceil((spoken.length + rest.length + SILENCE) / FRAME) * FRAME);
  samples.set(spoken);
  samples.set(rest, spoken.length);
  return samples;
}
