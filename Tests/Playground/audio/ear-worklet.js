// Hears what is played, for tests: everything that comes, as it comes.

class Ear extends AudioWorkletProcessor {
  process([channels]) {
    if (channels[0]) this.port.postMessage(channels[0].slice());
    return true;
  }
}

registerProcessor("ear", Ear);
