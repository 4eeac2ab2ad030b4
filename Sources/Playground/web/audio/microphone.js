// The microphone: asked for, opened, heard in pieces of 20 ms at 24 kHz, and let go of.

import { MicrophoneError } from "./microphone-error.js";

export { MicrophoneError };

/** @typedef {{ id: string, label: string }} Device `label` is empty as long as the user has not allowed a microphone */
/** @typedef {{ peak: number, rms: number }} Level 0 … 1 */

/**
 * @typedef {object} Hearing
 * @property {AudioContext} context with the worklet `capture`; see `Sound`
 * @property {(samples: Int16Array, level: Level) => void} onFrame 480 samples of 24 kHz, every 20 ms
 * @property {(reason: "lost") => void} [onEnded] when it ends and nobody stopped it
 * @property {string} [deviceId] else the one the browser thinks best
 */

export class Microphone {
  /** @type {Open | null} */ #open = null;
  #attempt = 0;

  /** @returns {Promise<Device[]>} those there are; none without a secure address */
  static async devices() {
    const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    return all
      .filter((device) => device.kind === "audioinput" && device.deviceId !== "")
      .map((device) => ({ id: device.deviceId, label: device.label }));
  }

  /** Which one is open. @returns {string | undefined} */
  get deviceId() {
    return this.settings.deviceId;
  }

  /** What the system calls the one that is open. */
  get label() {
    return this.#open?.track.label ?? "";
  }

  /** What the one that is open really does; nothing if none is. @returns {MediaTrackSettings} */
  get settings() {
    return this.#open?.track.getSettings() ?? {};
  }

  /**
   * Opens it; one that is open already is let go of first.
   *
   * @param {Hearing} hearing
   * @returns {Promise<boolean>} whether it is open; not so if it was stopped while the user was still being asked
   * @throws {MicrophoneError}
   */
  async start({ context, onFrame, onEnded, deviceId }) {
    this.stop();
    const attempt = ++this.#attempt;
    const stream = await request(deviceId);
    if (attempt !== this.#attempt) {
      release(stream);
      return false;
    }
    const [track] = stream.getAudioTracks();
    try {
      if (track.readyState === "ended") throw new MicrophoneError("lost");
      const source = context.createMediaStreamSource(stream);
      const node = new AudioWorkletNode(context, "capture", { numberOfOutputs: 0 });
      node.port.onmessage = ({ data }) => {
        if (attempt === this.#attempt) onFrame(data.samples, data.level);
      };
      track.onended = () => {
        if (attempt !== this.#attempt) return;
        this.stop();
        onEnded?.("lost");
      };
      source.connect(node);
      this.#open = { stream, track, source, node };
    } catch (error) {
      release(stream);
      throw MicrophoneError.from(error);
    }
    return true;
  }

  /** Lets go of it, so that the browser's sign of recording goes out; nothing comes from it after that. */
  stop() {
    this.#attempt++;
    if (!this.#open) return;
    const { stream, source, node } = this.#open;
    this.#open = null;
    source.disconnect();
    node.port.postMessage("stop");
    release(stream);
  }
}

/** @typedef {{ stream: MediaStream, track: MediaStreamTrack, source: AudioNode, node: AudioWorkletNode }} Open */

/**
 * Tells when microphones are plugged in or out.
 *
 * @param {(devices: Device[]) => void} callback
 * @returns {() => void} ends it
 */
export function watchDevices(callback) {
  const { mediaDevices } = navigator;
  let isOn = true;
  const tell = async () => {
    const devices = await Microphone.devices();
    if (isOn) callback(devices);
  };
  mediaDevices?.addEventListener("devicechange", tell);
  return () => {
    isOn = false;
    mediaDevices?.removeEventListener("devicechange", tell);
  };
}

/** @param {string} [deviceId] @returns {Promise<MediaStream>} */
async function request(deviceId) {
  if (!navigator.mediaDevices) throw new MicrophoneError(isSecureContext ? "unsupported" : "insecure");
  // Without the canceller the answer would interrupt itself wherever there are loudspeakers.
  const speech = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  const audio = deviceId ? { ...speech, deviceId: { exact: deviceId } } : speech;
  try {
    return await navigator.mediaDevices.getUserMedia({ audio });
  } catch (error) {
    throw MicrophoneError.from(error);
  }
}

/** @param {MediaStream} stream */
function release(stream) {
  for (const track of stream.getTracks()) track.stop();
}
