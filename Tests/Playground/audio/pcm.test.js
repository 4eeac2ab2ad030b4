import assert from "node:assert/strict";
import { test } from "node:test";
import { random, newSeed, audio } from "./tones.js";

const { encodeBase64, decodeBase64, toInt16, toFloat32, peaks, mono, wav, readWav } = await import(audio("pcm.js"));

test("base64 of any samples is that of Node, and comes back", () => {
  const seed = newSeed();
  console.log(`SEED=${seed}`);
  const next = random(seed);
  for (const length of [0, 1, 2, 3, 480, 4095, 4096, 4097, 24_000, Math.floor(next() * 100_000)]) {
    const samples = Int16Array.from({ length }, () => Math.floor(next() * 65_536) - 32_768);
    const text = encodeBase64(samples);
    assert.equal(text, Buffer.from(samples.buffer).toString("base64"), `SEED=${seed}, ${length} samples`);
    assert.deepEqual(decodeBase64(text), samples, `SEED=${seed}, ${length} samples`);
  }
});

test("base64 is little-endian, and of the part alone", () => {
  assert.equal(encodeBase64(Int16Array.of(9, 1, 256, 9).subarray(1, 3)), Buffer.of(1, 0, 0, 1).toString("base64"));
  assert.deepEqual(decodeBase64(Buffer.of(0xff, 0x7f, 0x00, 0x80).toString("base64")), Int16Array.of(32_767, -32_768));
});

test("what is no sound is told in a sentence", () => {
  assert.throws(() => decodeBase64("AAAA*"), new TypeError("The audio is not valid base64."));
  const odd = new TypeError("The audio has 3 bytes; 16-bit samples have an even number.");
  assert.throws(() => decodeBase64("AAAA"), odd);
  assert.throws(() => decodeBase64(undefined), new TypeError("The audio is no text, so it can't be base64."));
});

test("floats are rounded and clamped", () => {
  assert.deepEqual(toInt16(Float32Array.of(0, 1, -1, 2, -2, 0.5, 1.4 / 32_768, 1.6 / 32_768, -1.6 / 32_768, NaN)),
    Int16Array.of(0, 32_767, -32_768, 32_767, -32_768, 16_384, 1, 2, -2, 0));
  const all = Int16Array.from({ length: 65_536 }, (_, at) => at - 32_768);
  assert.deepEqual(toInt16(toFloat32(all)), all);
});

test("peaks are the loudest of each piece, 0 … 1", () => {
  assert.deepEqual(peaks(Int16Array.of(1, -16_384, 3, 0, 0, 0, 8_192), 3), Float32Array.of(0.5, 0, 0.25));
  assert.deepEqual(peaks(Int16Array.of(-32_768), 480), Float32Array.of(1));
  assert.equal(peaks(new Int16Array(0), 480).length, 0);
});

test("channels are mixed to their mean", () => {
  assert.deepEqual(mono([Float32Array.of(1, 0), Float32Array.of(0, -0.5)]), Float32Array.of(0.5, -0.25));
  assert.equal(mono([]).length, 0);
});

test("a WAV file comes back, shorter channels with silence at the end", () => {
  const [left, right] = [Int16Array.of(1, -2, 32_767), Int16Array.of(-32_768)];
  const file = wav([left, right], 24_000);
  assert.equal(file.length, 44 + 3 * 4);
  const { rate, channels } = readWav(file.buffer);
  assert.equal(rate, 24_000);
  assert.deepEqual(channels, [toFloat32(left), toFloat32(Int16Array.of(-32_768, 0, 0))]);
});

/** A WAV file of the given chunks. */
function file(...chunks) {
  const parts = chunks.map(([name, body, size = body.length]) => {
    const head = Buffer.alloc(8);
    head.write(name, 0, "latin1");
    head.writeUInt32LE(size, 4);
    return Buffer.concat([head, Buffer.from(body), Buffer.alloc(body.length % 2)]);
  });
  const body = Buffer.concat([Buffer.from("RIFF????WAVE", "latin1"), ...parts]);
  return body.buffer.slice(body.byteOffset, body.byteOffset + body.length);
}

function format(kind, channels, rate, bits, extra = Buffer.alloc(0)) {
  const body = Buffer.alloc(16);
  body.writeUInt16LE(kind, 0);
  body.writeUInt16LE(channels, 2);
  body.writeUInt32LE(rate, 4);
  body.writeUInt16LE(bits, 14);
  return ["fmt ", Buffer.concat([body, extra])];
}

test("other chunks, odd ones too, floats, extensible formats and streamed files are read", () => {
  const floats = Buffer.from(Float32Array.of(0.5, -1).buffer);
  const some = [["LIST", Buffer.from("odd")], format(3, 1, 48_000, 32), ["fact", Buffer.alloc(4)], ["data", floats]];
  assert.deepEqual(readWav(file(...some)), { rate: 48_000, channels: [Float32Array.of(0.5, -1)] });
  const extra = Buffer.concat([Buffer.of(22, 0, 16, 0, 3, 0, 0, 0, 1, 0), Buffer.alloc(14)]);
  const streamed = ["data", Buffer.of(0, 0x40, 0, 0xc0, 7), 0xffffffff];
  assert.deepEqual(readWav(file(format(0xfffe, 2, 16_000, 16, extra), streamed)), {
    rate: 16_000, channels: [Float32Array.of(0.5), Float32Array.of(-0.5)],
  });
});

test("what can't be read is told in a sentence", () => {
  assert.throws(() => readWav(new ArrayBuffer(3)), new Error("This is no WAV file."));
  const page = new TextEncoder().encode("<!doctype html><p>404").buffer;
  assert.throws(() => readWav(page), new Error("This is no WAV file."));
  assert.throws(() => readWav(file(format(1, 1, 8000, 16))), new Error("The WAV file has no samples."));
  assert.throws(() => readWav(file(["data", Buffer.alloc(2)])), /does not say how/);
  assert.throws(() => readWav(file(["fmt ", Buffer.alloc(4)])), /damaged/);
  assert.throws(() => readWav(file(format(1, 0, 8000, 16), ["data", Buffer.alloc(2)])), /damaged/);
  assert.throws(() => readWav(file(format(7, 1, 8000, 8), ["data", Buffer.alloc(2)])), /of kind 7 with 8 bits/);
});
