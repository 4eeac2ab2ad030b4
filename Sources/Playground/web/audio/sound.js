// All sound of the page: one context at the device's own rate, a microphone, a player. Browsers keep a context silent
// until the user has done something, and phones interrupt it for a call; it is woken whenever that may help.

import { Microphone, MicrophoneError } from "./microphone.js";
import { Player } from "./player.js";

const worklets = ["./capture-worklet.js", "./playback-worklet.js"].map((file) => new URL(file, import.meta.url));
const gestures = ["pointerup", "keydown", "touchend"];

export class Sound {
  microphone = new Microphone();

  /** @type {AudioContext | null} */ #context = null;
  /** @type {Player | null} */ #player = null;
  /** @type {Promise<void> | null} */ #opening = null;

  /** There once {@link Sound.open} has settled; `null` before. */
  get context() {
    return /** @type {AudioContext} */ (this.#context);
  }

  /** There once {@link Sound.open} has settled; `null` before, so ask by `?.` where that is not sure. */
  get player() {
    return /** @type {Player} */ (this.#player);
  }

  /** Whether sound comes and goes; if not, the next click or key sees to it. */
  get isRunning() {
    return this.#context?.state === "running";
  }

  /**
   * Makes sound possible; best called from a click or a key. Once is enough, and again does no harm.
   *
   * @returns {Promise<void>}
   * @throws {MicrophoneError} `insecure` or `unsupported`
   */
  async open() {
    const opening = (this.#opening ??= this.#open());
    try {
      await opening;
    } catch (error) {
      if (opening === this.#opening) this.close();
      throw error;
    }
    this.#wake();
  }

  async #open() {
    // On an address that is not safe the classes are there, and what they need is not.
    if (!isSecureContext || !globalThis.AudioContext || !globalThis.AudioWorkletNode) {
      throw new MicrophoneError(isSecureContext ? "unsupported" : "insecure");
    }
    const context = (this.#context = new AudioContext({ latencyHint: "interactive" }));
    // While the click still counts, and not after the worklets were loaded.
    this.#wake();
    context.addEventListener("statechange", this.#wake);
    document.addEventListener("visibilitychange", this.#wake);
    for (const gesture of gestures) document.addEventListener(gesture, this.#wake, { capture: true, passive: true });
    await Promise.all(worklets.map((url) => context.audioWorklet.addModule(url)));
    const player = await Player.open({ context });
    // Closed meanwhile?
    if (context !== this.#context) return player.close();
    this.#player = player;
  }

  /** Lets go of the microphone and of everything else. */
  close() {
    this.microphone.stop();
    this.#player?.close();
    document.removeEventListener("visibilitychange", this.#wake);
    for (const gesture of gestures) document.removeEventListener(gesture, this.#wake, { capture: true });
    this.#context?.removeEventListener("statechange", this.#wake);
    void this.#context?.close();
    this.#player = null;
    this.#context = null;
    this.#opening = null;
  }

  #wake = () => {
    // "interrupted" is Safari's, while somebody calls; asked then it refuses, but tells when the call is over.
    if (this.#context && !this.isRunning && this.#context.state !== "closed") this.#context.resume().catch(() => {});
  };
}
