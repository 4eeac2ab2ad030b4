import assert from "node:assert/strict";
import { test } from "node:test";
import { audio, random, newSeed } from "./tones.js";

const { PlaybackQueue } = await import(audio("playback-queue.js"));

const MS = 24;
// A quantum of 128 samples at 48 kHz.
const QUANTUM = 64;

/** A queue that writes down what it tells. */
class Bench {
  reports = [];
  heard = [];
  queue = new PlaybackQueue((report) => this.reports.push(report));

  add(item, ms, value = 16_384) {
    this.queue.add(item, new Int16Array(ms * MS).fill(value));
    return this;
  }

  /** Plays so many milliseconds, and gives what was heard. */
  play(ms) {
    const output = [];
    const quantum = new Float32Array(QUANTUM);
    for (let at = 0; at < ms * MS; at += QUANTUM) {
      const part = quantum.subarray(0, Math.min(QUANTUM, ms * MS - at)).fill(NaN);
      this.queue.read(part);
      output.push(...part);
    }
    for (const value of output) this.heard.push(value);
    return output;
  }

  kinds(...kinds) {
    return this.reports.filter((report) => kinds.includes(report.kind));
  }
}

const isSilent = (samples) => samples.every((value) => value === 0);
/** The longest step between two samples that follow each other. */
const step = (samples) => Math.max(...samples.map((value, at) => Math.abs(value - (samples[at - 1] ?? value))));

test("an item begins when 60 ms of it have come, not before", () => {
  const bench = new Bench().add("a", 59);
  assert.ok(isSilent(bench.play(500)));
  assert.deepEqual(bench.reports, []);
  bench.add("a", 1);
  assert.equal(bench.play(10)[0], 0.5);
  assert.equal(bench.reports[0].kind, "played");
});

test("one that is over begins with less", () => {
  const bench = new Bench().add("a", 20);
  bench.queue.end("a");
  const output = bench.play(30);
  assert.equal(output[0], 0.5);
  assert.ok(isSilent(output.slice(20 * MS)));
  assert.deepEqual(bench.reports.at(-1), { kind: "ended", item: "a", samples: 20 * MS });
  assert.equal(bench.queue.isBusy, false);
});

test("samples come out as they went in, but for 5 ms of fading at the very end", () => {
  const seed = newSeed();
  console.log(`SEED=${seed}`);
  const next = random(seed);
  const bench = new Bench();
  const all = Int16Array.from({ length: 30_000 }, () => Math.floor(next() * 65_536) - 32_768);
  for (let at = 0; at < all.length; ) {
    const size = Math.floor(next() * 3000);
    bench.queue.add("a", all.slice(at, at + size));
    at += size;
  }
  bench.queue.end("a");
  const output = bench.play(1300);
  const exact = all.length - 5 * MS;
  assert.deepEqual(output.slice(0, exact), [...all.subarray(0, exact)].map((value) => value / 32_768));
  for (let at = exact; at < all.length; at++) assert.ok(Math.abs(output[at]) <= Math.abs(all[at] / 32_768));
  assert.equal(Math.abs(output[all.length - 1]), 0);
  assert.ok(isSilent(output.slice(all.length)));
});

test("items are heard in order, each counted to the sample", () => {
  const bench = new Bench().add("a", 100, 8_192).add("b", 70, -8_192).add("c", 90, 16_384);
  for (const item of ["a", "b", "c", "unheard of"]) bench.queue.end(item);
  const output = bench.play(300);
  assert.deepEqual([10, 110, 180].map((ms) => output[ms * MS]), [0.25, -0.25, 0.5]);
  assert.deepEqual(bench.kinds("ended"), [
    { kind: "ended", item: "a", samples: 100 * MS },
    { kind: "ended", item: "b", samples: 70 * MS },
    { kind: "ended", item: "c", samples: 90 * MS },
  ]);
  // Items follow without a hole.
  assert.ok(isSilent(output.slice(260 * MS)));
  assert.ok(output[259 * MS] !== 0);
});

test("one that nobody ended makes way for the next", () => {
  const bench = new Bench().add("a", 100).add("b", 100);
  bench.queue.end("b");
  bench.play(300);
  const told = bench.kinds("ended", "underrun").map(({ kind, item }) => [kind, item]);
  assert.deepEqual(told, [["ended", "a"], ["ended", "b"]]);
});

test("what was heard is told at the first sound, then every 25 ms", () => {
  const bench = new Bench().add("a", 1000);
  bench.queue.end("a");
  bench.play(1100);
  const counts = bench.kinds("played").map((report) => report.samples);
  assert.equal(counts[0], QUANTUM);
  counts.slice(1).forEach((count, at) => {
    const step = count - counts[at];
    assert.ok(step >= 25 * MS && step < 25 * MS + QUANTUM, `${step} samples`);
  });
  assert.ok(counts.length >= 36 && counts.length <= 40, `${counts.length} reports`);
});

test("a cut fades out in 10 ms, counts what was heard and what was not, and drops the rest", () => {
  const bench = new Bench().add("a", 1000).add("b", 100);
  bench.play(300);
  bench.queue.cut(7);
  const output = bench.play(100);
  assert.ok(output.slice(0, 9 * MS).every((value) => value > 0), "it breaks off");
  assert.ok(isSilent(output.slice(10 * MS)), "it goes on");
  assert.ok(step([0.5, ...output]) < 0.5 / 100, `a click of ${step([0.5, ...output])}`);
  assert.deepEqual(bench.kinds("cut"), [{ kind: "cut", id: 7, item: "a", samples: 310 * MS, unheard: 690 * MS }]);
  assert.deepEqual(bench.kinds("ended"), []);
  assert.equal(bench.queue.isBusy, false);
});

test("a cut of what waits is answered at once", () => {
  const bench = new Bench().add("a", 40);
  bench.queue.cut(1);
  bench.queue.cut(2);
  assert.deepEqual(bench.reports, [
    { kind: "cut", id: 1, item: "a", samples: 0, unheard: 40 * MS },
    { kind: "cut", id: 2, item: null, samples: 0, unheard: 0 },
  ]);
});

test("what comes after a cut waits for its fade, and is heard at full loudness", () => {
  const bench = new Bench().add("a", 1000, 8_192);
  bench.play(100);
  bench.queue.cut(1);
  bench.play(3);
  bench.add("b", 200, -16_384);
  const output = bench.play(50);
  assert.ok(output.slice(0, 6 * MS).every((value) => value > 0));
  assert.equal(output[7 * MS], -0.5);
  assert.deepEqual(bench.kinds("cut").map(({ item, samples }) => [item, samples]), [["a", 110 * MS]]);
});

test("a cut while sound is missing, and one near the end, count right", () => {
  const dry = new Bench().add("a", 100);
  dry.play(150);
  dry.queue.cut(1);
  assert.deepEqual(dry.kinds("cut"), [{ kind: "cut", id: 1, item: "a", samples: 100 * MS, unheard: 0 }]);
  const near = new Bench().add("a", 100);
  near.queue.end("a");
  near.play(97);
  near.queue.cut(1);
  near.play(20);
  assert.deepEqual(near.kinds("cut", "ended"), [{ kind: "cut", id: 1, item: "a", samples: 100 * MS, unheard: 0 }]);
});

test("sound that runs out fades, and comes back fading: never a click", () => {
  const bench = new Bench().add("a", 100);
  bench.play(150);
  bench.add("a", 150);
  bench.queue.end("a");
  bench.play(300);
  assert.ok(step(bench.heard) <= 0.5 / 100, `a click of ${step(bench.heard)}`);
  assert.deepEqual(bench.kinds("ended"), [{ kind: "ended", item: "a", samples: 250 * MS }]);
});

test("sound that comes in the midst of the fade turns it around", () => {
  const bench = new Bench().add("a", 100);
  bench.play(97);
  bench.add("a", 100);
  bench.play(50);
  assert.ok(step(bench.heard) <= 0.5 / 100);
  assert.equal(bench.heard.at(-1), 0.5);
  assert.deepEqual(bench.kinds("underrun"), []);
});

test("after a gap so much more is waited for, to 400 ms, and it is told", () => {
  const bench = new Bench().add("a", 100);
  bench.play(150);
  assert.deepEqual(bench.kinds("underrun"), [], "it may be just over");
  bench.add("a", 30);
  assert.deepEqual(bench.kinds("underrun"), [{ kind: "underrun", item: "a", queued: 30 * MS, targetMs: 110 }]);
  bench.add("a", 79);
  assert.ok(isSilent(bench.play(100)), "it began with 109 ms");
  bench.add("a", 1);
  assert.ok(!isSilent(bench.play(10)));
  for (let round = 0; round < 4; round++) {
    bench.play(500);
    bench.queue.cut(round);
    bench.play(20);
    bench.add(`b${round}`, 400);
    bench.play(550);
    bench.add(`b${round}`, 400);
  }
  assert.deepEqual(bench.kinds("underrun").map((report) => report.targetMs), [110, 260, 400, 400, 400]);
});

test("a pause longer than is ever waited for changes nothing", () => {
  const bench = new Bench().add("a", 100);
  bench.play(600);
  bench.add("a", 60);
  assert.equal(bench.kinds("underrun")[0].targetMs, 60);
  assert.ok(!isSilent(bench.play(10)));
});

test("an end that comes late is no underrun", () => {
  const bench = new Bench().add("a", 100);
  bench.play(150);
  bench.queue.end("a");
  bench.play(10);
  assert.deepEqual(bench.kinds("underrun", "ended"), [{ kind: "ended", item: "a", samples: 100 * MS }]);
  bench.add("b", 60);
  assert.ok(!isSilent(bench.play(10)));
});

test("while nothing is missing the wait shrinks again, slowly, to 60 ms", () => {
  const bench = new Bench().add("a", 100);
  bench.play(250);
  bench.add("a", 10_200);
  bench.queue.end("a");
  bench.play(10_300);
  // 60 + 150 ms, less 4 for each of ten seconds.
  bench.add("b", 169);
  assert.ok(isSilent(bench.play(10)));
  bench.add("b", 1);
  assert.ok(!isSilent(bench.play(10)));
  bench.queue.cut(1);
  bench.play(20);
  bench.add("c", 60_000);
  bench.queue.end("c");
  bench.play(60_100);
  bench.add("d", 60);
  assert.ok(!isSilent(bench.play(10)));
});

test("ten minutes in pieces of 20 ms cost no more a quantum than one second", () => {
  const cost = (seconds) => {
    const queue = new PlaybackQueue(() => {});
    for (let at = 0; at < seconds * 50; at++) queue.add("a", new Int16Array(480));
    const quantum = new Float32Array(QUANTUM);
    const start = performance.now();
    for (let at = 0; at < 5000; at++) queue.read(quantum);
    return (performance.now() - start) / 5000;
  };
  cost(20);
  const [short, long] = [cost(20), cost(600)];
  console.log(`a quantum: ${(short * 1000).toFixed(1)} µs of 20 s, ${(long * 1000).toFixed(1)} µs of 10 min`);
  assert.ok(long < 10 * short + 0.05, `${short} and ${long} ms`);
});
