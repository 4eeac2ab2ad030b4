import assert from "node:assert/strict";
import { test } from "node:test";
import { audio } from "./tones.js";

const { MicrophoneError } = await import(audio("microphone-error.js"));

const cases = [
  ["NotAllowedError", "Permission denied", "denied"],
  ["NotAllowedError", "Permission denied by system", "denied"],
  ["NotAllowedError", "Permission dismissed", "dismissed"],
  ["SecurityError", "", "insecure"],
  ["NotFoundError", "Requested device not found", "missing"],
  ["OverconstrainedError", "", "missing"],
  ["NotReadableError", "Could not start audio source", "busy"],
  ["AbortError", "", "busy"],
  ["NotSupportedError", "", "unsupported"],
  ["InvalidStateError", "", "unknown"],
];

for (const [name, message, code] of cases) {
  test(`${name} “${message}” is ${code}`, () => {
    for (const error of [new DOMException(message, name), { name, message }]) {
      const failure = MicrophoneError.from(error);
      assert.ok(failure instanceof MicrophoneError && failure instanceof Error);
      assert.deepEqual([failure.code, failure.message], [code, message]);
    }
  });
}

test("whatever else is thrown is unknown, and one of ours stays", () => {
  assert.equal(MicrophoneError.from("what?").code, "unknown");
  assert.equal(MicrophoneError.from(undefined).code, "unknown");
  const lost = new MicrophoneError("lost");
  assert.equal(MicrophoneError.from(lost), lost);
});
