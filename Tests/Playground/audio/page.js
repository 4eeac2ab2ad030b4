// What the browser's tests do with the room. Runs in the page.

import { Sound } from "/audio/sound.js";
import { Microphone, MicrophoneError, watchDevices } from "/audio/microphone.js";
import { speakQuestion } from "/audio/question.js";
import { toInt16, wav } from "/audio/pcm.js";
import { tone } from "/test/tones.js";

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const ms16 = (frequency, ms) => toInt16(tone(frequency, 24_000, ms * 24));

// The worklets' nodes, by their names.
const nodes = {};
window.AudioWorkletNode = class extends AudioWorkletNode {
  constructor(context, name, options) {
    super(context, name, options);
    nodes[name] = this;
  }
};

/** Hears a stream or a node for good: `samples` grow at the context's rate. */
function listen(context, source) {
  const recorder = { samples: [] };
  const ear = new AudioWorkletNode(context, "ear", { numberOfOutputs: 0 });
  ear.port.onmessage = ({ data }) => {
    for (const value of data) recorder.samples.push(value);
  };
  (source instanceof MediaStream ? context.createMediaStreamSource(source) : source).connect(ear);
  return recorder;
}

async function openSound() {
  const sound = new Sound();
  await sound.open();
  await sound.context.audioWorklet.addModule("/test/ear-worklet.js");
  const player = sound.player;
  const told = [];
  player.onPlayed = (item, ms) => told.push(["played", item, ms, performance.now()]);
  player.onEnded = (item, ms) => told.push(["ended", item, ms, performance.now()]);
  player.onUnderrun = (item, ms) => told.push(["underrun", item, ms, performance.now()]);
  return { sound, player, told };
}

window.room = {
  Sound, Microphone, MicrophoneError, watchDevices, speakQuestion, wav, wait, ms16, listen, openSound, nodes,
};
// For what must happen before a test has touched the page, which counts as a click.
await window.first?.();
console.debug("ready");
