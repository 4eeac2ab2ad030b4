import assert from "node:assert/strict";
import { test } from "node:test";
import { tone, amplitude, rms, decibel, random, newSeed, audio } from "./tones.js";

const { Resampler } = await import(audio("resampler.js"));

const pairs = [
  [44100, 24000], [48000, 24000], [96000, 24000], [16000, 24000], [22050, 24000],
  [24000, 16000], [24000, 44100], [24000, 48000], [24000, 96000],
];

/** A second of a tone, resampled, without the ends. */
function resampled(frequency, from, to) {
  const output = new Resampler(from, to).push(tone(frequency, from, from));
  return output.subarray(Math.floor(to * 0.1), Math.floor(to * 0.9));
}

for (const [from, to] of pairs) {
  const half = Math.min(from, to) / 2;

  test(`${from} → ${to} passes what is below 0.9 of ${half} Hz within 0.5 dB`, () => {
    const levels = [0.01, 0.1, 0.3, 0.5, 0.7, 0.8, 0.85, 0.9].map((part) => {
      const frequency = part * half;
      return decibel(amplitude(resampled(frequency, from, to), frequency, to) / 0.5);
    });
    const worst = levels.reduce((a, b) => (Math.abs(a) > Math.abs(b) ? a : b));
    console.log(`${from} → ${to}: passband ${worst.toFixed(4)} dB`);
    assert.ok(Math.abs(worst) < 0.5, `${worst} dB`);
  });

  test(`${from} → ${to} lets nothing through that would alias, by 60 dB`, () => {
    // Going down, tones above the new half; going up, the images of those below the old half: all that is not the tone.
    const levels = (to < from ? [1.001, 1.02, 1.1, 1.25, 1.5, 1.83] : [0.1, 0.5, 0.8, 0.9, 0.97, 0.999]).map((part) => {
      const frequency = part * half;
      if (frequency >= from / 2) return -Infinity;
      const output = resampled(frequency, from, to);
      if (to < from) return decibel(rms(output) / rms(tone(frequency, from, from)));
      const image = from - frequency;
      if (image >= to / 2) return decibel(amplitude(output, to - image, to) / 0.5);
      return decibel(amplitude(output, image, to) / 0.5);
    });
    const worst = Math.max(...levels);
    console.log(`${from} → ${to}: stopband ${worst.toFixed(1)} dB`);
    assert.ok(worst < -60, `${worst} dB`);
  });

  test(`${from} → ${to} makes no other tones, by 60 dB`, () => {
    const frequency = 0.37 * half;
    const output = resampled(frequency, from, to);
    const level = amplitude(output, frequency, to);
    // What remains once the tone is taken out by the best fit.
    const residue = (() => {
      let [ss, cc, sc, ys, yc] = [0, 0, 0, 0, 0];
      const s = output.map((_, at) => Math.sin((2 * Math.PI * frequency * at) / to));
      const c = output.map((_, at) => Math.cos((2 * Math.PI * frequency * at) / to));
      output.forEach((y, at) => {
        ss += s[at] ** 2;
        cc += c[at] ** 2;
        sc += s[at] * c[at];
        ys += y * s[at];
        yc += y * c[at];
      });
      const determinant = ss * cc - sc * sc;
      const [a, b] = [(ys * cc - yc * sc) / determinant, (yc * ss - ys * sc) / determinant];
      return output.map((y, at) => y - a * s[at] - b * c[at]);
    })();
    assert.ok(decibel((rms(residue) * Math.SQRT2) / level) < -60, `${decibel((rms(residue) * Math.SQRT2) / level)} dB`);
  });

  test(`${from} → ${to} does not care how it is cut into chunks`, () => {
    const seed = newSeed();
    const next = random(seed);
    const input = Float32Array.from({ length: 9000 }, () => next() * 2 - 1);
    const whole = new Resampler(from, to).push(input);
    const resampler = new Resampler(from, to);
    const pieces = [];
    for (let at = 0; at < input.length; ) {
      const size = Math.floor(next() * 5) === 0 ? Math.floor(next() * 3000) : Math.floor(next() * 200);
      pieces.push(...resampler.push(input.subarray(at, at + size)));
      at += size;
    }
    assert.deepEqual(Float32Array.from(pieces), whole, `SEED=${seed}`);
  });

  test(`${from} → ${to} keeps time: as many samples as due, and as late as it says`, () => {
    const resampler = new Resampler(from, to);
    const click = new Float32Array(from);
    const position = Math.floor(from / 2);
    // A click that is wide enough to survive the low-pass, and symmetrical.
    for (let at = -200; at <= 200; at++) click[position + at] = Math.exp(-((at / from) ** 2) / (2 * 0.0004 ** 2));
    const output = resampler.push(click);
    assert.ok(Math.abs(output.length - to) <= 1, `${output.length} of ${to}`);
    const weight = output.reduce((sum, value) => sum + value, 0);
    const centre = output.reduce((sum, value, at) => sum + value * at, 0) / weight;
    const late = (centre / to - position / from) * 1000;
    console.log(`${from} → ${to}: ${resampler.latencyMs.toFixed(3)} ms late`);
    assert.ok(Math.abs(late - resampler.latencyMs) < 0.01, `${late} ms, said ${resampler.latencyMs}`);
    assert.ok(resampler.latencyMs < 4);
  });
}

test("equal rates leave the samples alone", () => {
  const resampler = new Resampler(24000, 24000);
  const samples = tone(440, 24000, 100);
  assert.equal(resampler.push(samples), samples);
  assert.equal(resampler.latencyMs, 0);
});

test("a second of sound costs little", () => {
  for (const [from, to] of [[48000, 24000], [44100, 24000], [96000, 24000], [24000, 48000], [24000, 44100]]) {
    const resampler = new Resampler(from, to);
    const quantum = tone(440, from, 128);
    const run = (seconds) => {
      const start = performance.now();
      for (let at = 0; at < from * seconds; at += 128) resampler.push(quantum);
      return (performance.now() - start) / seconds;
    };
    run(2);
    const cost = run(10);
    console.log(`${from} → ${to}: ${cost.toFixed(2)} ms of CPU a second, in quanta of 128`);
    assert.ok(cost < 100, `${cost} ms`);
  }
});
