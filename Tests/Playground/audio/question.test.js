import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createServer } from "node:http";
import { tone, amplitude, audio } from "./tones.js";

const { speakQuestion } = await import(audio("question.js"));
const { toInt16, toFloat32, wav } = await import(audio("pcm.js"));

/** @type {import("node:http").Server} */ let server;
const url = (path) => `http://127.0.0.1:${server.address().port}/${path}`;

before(async () => {
  const file = wav([toInt16(tone(1000, 16_000, 8_000)), toInt16(tone(1000, 16_000, 8_000))], 16_000);
  server = createServer((request, response) => {
    if (request.url === "/slow.wav") return;
    response.writeHead(request.url === "/none.wav" ? 404 : 200).end(request.url === "/text.wav" ? "hello" : file);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
});
after(() => (server.closeAllConnections(), server.close()));

test("a question is spoken in real time at 24 kHz, and silence follows", async () => {
  const frames = [];
  const start = performance.now();
  await speakQuestion(url("question.wav"), (samples) => frames.push({ samples, at: performance.now() - start }));
  assert.ok(frames.every(({ samples }) => samples instanceof Int16Array && samples.length === 480));
  assert.ok(frames.length >= 75 && frames.length <= 76, `${frames.length} frames`);
  const spoken = toFloat32(Int16Array.from(frames.slice(2, 23).flatMap(({ samples }) => [...samples])));
  assert.ok(Math.abs(amplitude(spoken, 1000, 24_000) - 0.5) < 0.01, `${amplitude(spoken, 1000, 24_000)}`);
  assert.ok(frames.slice(26).every(({ samples }) => samples.every((value) => value === 0)));
  // The clock does not drift: the last piece is no later than the first, but for the machine's own lateness.
  const took = frames.at(-1).at - frames[0].at;
  const due = (frames.length - 1) * 20;
  assert.ok(took > due - 20 && took < due + 150, `${took} ms for ${due}`);
});

test("whoever was held up catches up", async () => {
  let [count, first] = [0, 0];
  await speakQuestion(url("question.wav"), () => {
    first ||= performance.now();
    // Nothing else runs for 400 ms.
    if (++count === 10) for (const until = performance.now() + 400; performance.now() < until; );
  });
  const took = performance.now() - first;
  assert.ok(took < 75 * 20 + 150, `${took} ms`);
});

test("it ends quietly when it is told to, at any time", async () => {
  for (const [path, wait] of [["question.wav", 300], ["slow.wav", 50]]) {
    const abort = new AbortController();
    let count = 0;
    setTimeout(() => abort.abort(), wait);
    await speakQuestion(url(path), () => count++, abort.signal);
    assert.ok(count < 30, `${count} frames`);
    const before = count;
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.equal(count, before);
  }
  await speakQuestion(url("question.wav"), () => assert.fail("it spoke"), AbortSignal.abort());
});

test("a file that is not there, or is none, is told", async () => {
  await assert.rejects(speakQuestion(url("none.wav"), () => {}), /404/);
  await assert.rejects(speakQuestion(url("text.wav"), () => {}), new Error("This is no WAV file."));
});
