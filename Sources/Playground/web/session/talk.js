// The live session: one connection, the microphone, the player, and what ties them together. Everything that happens goes
// into the log; whoever wants to show something reads it there.

import { Realtime, ConnectionError, apiURL, isPreview, request } from "../realtime.js";
import { encodeBase64 } from "../audio/pcm.js";
import { speakQuestion } from "../audio/question.js";
import { gaType, toPreview } from "./dialect.js";
import { samplesOf } from "./tracks.js";

/** @typedef {import("../realtime.js").Target} Target */
/** @typedef {import("../realtime.js").RealtimeEvent} RealtimeEvent */
/** @typedef {"off" | "connecting" | "loading" | "ready" | "listening" | "speaking" | "thinking" | "answering" | "reconnecting"} State */

// So much unsent sound means that the network lags: a second of it.
const LAG = 64_000;
// An app that was cut off tries again after these seconds.
const PATIENCE = [0.5, 1, 2, 4, 8];

/**
 * Tells of itself by `change` (its state or what it says of it), `level` (how loud the microphone is: `detail` 0 … 1) and
 * `lag` (whether the network lags).
 */
export class Talk extends EventTarget {
  /** @type {Target | null} */ target = null;
  /**
   * Why it ended, or does not begin.
   *
   * @type {ConnectionError | null}
   */
  failure = null;
  /** What the server says of its not being ready. */
  waitingFor = "";
  /**
   * Round trip to the server in milliseconds, once it is known.
   *
   * @type {number | null}
   */
  roundTrip = null;
  isListening = false;
  isHolding = false;
  /**
   * Which question is being asked aloud by the page.
   *
   * @type {AbortController | null}
   */
  asking = null;

  /** @type {Realtime | null} */ #realtime = null;
  /** @type {AbortController | null} */ #attempt = null;
  #phase = /** @type {"off" | "connecting" | "loading" | "reconnecting" | "on"} */ ("off");
  #isSpeaking = false;
  /**
   * Items whose playback was cut: what still comes of them is not played.
   *
   * @type {Set<string>}
   */
  #cut = new Set();
  /**
   * Calls of the answer in progress that have no reply yet.
   *
   * @type {Map<string, string | null>}
   */
  #calls = new Map();
  /**
   * What waits until no answer is in progress.
   *
   * @type {(() => void)[]}
   */
  #waiting = [];
  #isLagging = false;
  #asked = 0;

  /**
   * @param {{ log: import("./log.js").Log, conversation: import("./conversation.js").Conversation,
   *   settings: import("./settings.js").Settings, sound: import("../audio/sound.js").Sound }} parts
   */
  constructor({ log, conversation, settings, sound }) {
    super();
    this.log = log;
    this.conversation = conversation;
    this.settings = settings;
    this.sound = sound;
    settings.addEventListener("change", (event) => this.#update([/** @type {CustomEvent} */ (event).detail]));
  }

  /** @returns {State} */
  get state() {
    if (this.#phase !== "on") return this.#phase;
    if (this.#isSpeaking) return "speaking";
    if (this.sound.player?.playing) return "answering";
    if (this.conversation.active) return "thinking";
    return this.isListening || this.isHolding || this.asking ? "listening" : "ready";
  }

  get isOn() {
    return this.#phase === "on";
  }

  // MARK: Connecting

  /**
   * Begins a session. Waits while the server loads its models, and says so.
   *
   * @param {Target} target
   * @returns {Promise<boolean>} whether there is one now; if not, `failure` says why
   */
  async connect(target) {
    this.disconnect();
    this.log.restart();
    this.target = target;
    this.failure = null;
    return this.#open("connecting");
  }

  /** @param {"connecting" | "reconnecting"} phase @returns {Promise<boolean>} */
  async #open(phase) {
    const attempt = (this.#attempt = new AbortController());
    const target = /** @type {Target} */ (this.target);
    for (let tries = 0; ; tries++) {
      try {
        this.#enter(this.#phase === "loading" ? "loading" : phase);
        const realtime = await Realtime.connect(target, { signal: attempt.signal });
        this.#begin(realtime);
        return true;
      } catch (error) {
        if (attempt.signal.aborted) return false;
        const failure = error instanceof ConnectionError ? error : new ConnectionError("refused", String(error));
        const isWorthIt = failure.code === "loading" || (phase === "reconnecting" && failure.code === "unreachable");
        if (!isWorthIt || (failure.code !== "loading" && tries >= PATIENCE.length)) {
          this.failure = failure;
          this.#enter("off");
          return false;
        }
        this.waitingFor = failure.code === "loading" ? failure.message : "";
        if (failure.code === "loading") this.#enter("loading");
        await new Promise((resolve) => setTimeout(resolve, 1000 * (failure.code === "loading" ? 0.5 : PATIENCE[tries])));
        if (attempt.signal.aborted) return false;
      }
    }
  }

  /** @param {Realtime} realtime */
  #begin(realtime) {
    this.#realtime = realtime;
    this.#enter("on");
    realtime.addEventListener("event", (/** @type {Event} */ event) => {
      if (realtime === this.#realtime) this.#receive(/** @type {CustomEvent} */ (event).detail);
    });
    realtime.addEventListener("close", (/** @type {Event} */ event) => {
      if (realtime === this.#realtime) this.#lose(/** @type {CustomEvent} */ (event).detail);
    });
  }

  /** @param {ConnectionError | null} failure */
  #lose(failure) {
    this.#forget();
    this.failure = failure;
    this.log.add({ kind: "note", note: "note.ended", values: { reason: failure?.message ?? "" } });
    // A server that is there again, after a restart perhaps, begins a new session.
    if (failure?.code === "lost") void this.#open("reconnecting");
    else this.#enter("off");
  }

  /** Ends the session. */
  disconnect() {
    this.#attempt?.abort();
    if (this.#realtime) {
      this.#realtime.close();
      this.log.add({ kind: "note", note: "note.ended", values: { reason: "" } });
    }
    this.#forget();
    this.#enter("off");
  }

  #forget() {
    this.#realtime = null;
    this.asking?.abort();
    void this.sound.player?.cut();
    this.#isSpeaking = false;
    this.#cut.clear();
    this.#calls.clear();
    this.#waiting = [];
    this.conversation.active = null;
    this.settings.echo(null);
  }

  /** @param {"off" | "connecting" | "loading" | "reconnecting" | "on"} phase */
  #enter(phase) {
    this.#phase = phase;
    // Nobody listens any more: the browser's sign of recording goes out.
    if (phase === "off") this.#closeMicrophone();
    this.changed();
  }

  /** Tells those who show it. */
  changed() {
    this.dispatchEvent(new Event("change"));
  }

  // MARK: Events

  /**
   * Sends an event, and writes it down.
   *
   * @param {RealtimeEvent} event
   * @returns {RealtimeEvent | null} as it was sent; `null` without a session
   */
  send(event) {
    if (!this.#realtime?.isOpen) return null;
    const sent = this.#realtime.send(event);
    this.log.add({ kind: "sent", event: sent });
    return sent;
  }

  /** @param {RealtimeEvent} event */
  #receive(event) {
    if (event.type === "session.created") this.log.add({ kind: "note", note: "note.started" });
    this.log.add({ kind: "received", event });
    switch (gaType(event.type)) {
      case "session.created":
        this.settings.echo(event.session);
        this.#update();
        break;
      case "session.updated":
        this.settings.echo(event.session);
        if (this.#asked) this.roundTrip ??= performance.now() - this.#asked;
        break;
      case "error":
        // What was refused is not what the server has: the panel shows again what it echoed last.
        this.settings.dispatchEvent(new CustomEvent("echo", { detail: event.error }));
        break;
      case "input_audio_buffer.speech_started":
        this.#isSpeaking = true;
        if (this.settings.value("interrupt")) void this.#cutPlayback();
        break;
      case "input_audio_buffer.speech_stopped":
      case "input_audio_buffer.committed":
      case "input_audio_buffer.cleared":
        this.#isSpeaking = false;
        break;
      case "response.output_audio.delta":
        if (!this.#cut.has(event.item_id)) this.sound.player?.play(event.item_id, samplesOf(event.delta));
        break;
      case "response.output_item.done":
        this.#itemDone(event.item);
        break;
      case "response.done":
        this.#responseDone(event.response);
    }
    this.changed();
  }

  /** @param {string[]} [ids] what was changed; else all that is wanted otherwise than the server has it */
  #update(ids) {
    if (!this.#realtime || !this.settings.echoed || !this.target) return;
    const preview = isPreview(this.target);
    const session = this.settings.update(ids, { isPreview: preview });
    this.#asked = performance.now();
    this.send({ type: "session.update", session: preview ? toPreview(session) : session });
  }

  // MARK: Answers

  /** @param {any} item */
  #itemDone(item) {
    if (item.type === "message") this.sound.player?.end(item.id);
    if (item.type !== "function_call" || item.status !== "completed") return;
    const tool = this.settings.tools.find((tool) => tool.name === item.name);
    this.#calls.set(item.call_id, tool?.reply ?? null);
  }

  /** @param {any} response */
  #responseDone(response) {
    void this.#fetchTiming(response.id);
    for (const [call, reply] of this.#calls) if (reply !== null) this.reply(call, reply);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const action of waiting) action();
  }

  /**
   * Answers a call of a function. After the last one the model goes on.
   *
   * @param {string} call its `call_id`
   * @param {string} output mostly JSON
   */
  reply(call, output) {
    if (!this.#calls.delete(call)) return;
    this.send({ type: "conversation.item.create", item: { type: "function_call_output", call_id: call, output } });
    if (this.#calls.size === 0) this.whenIdle(() => this.send({ type: "response.create" }));
  }

  /** @param {string} call @returns {boolean} whether its reply is waited for */
  isWaiting(call) {
    return this.#calls.has(call);
  }

  /** @param {() => void} action done once no answer is in progress */
  whenIdle(action) {
    if (this.conversation.active) this.#waiting.push(action);
    else action();
  }

  /**
   * The server's own times of an answer, from a server of this kind.
   *
   * @param {string} response
   */
  async #fetchTiming(response) {
    const target = /** @type {Target} */ (this.target);
    if (new URL(target.endpoint).origin !== location.origin) return;
    try {
      const turns = await request(target, new URL("/admin/turns?latest=20", target.endpoint));
      const timing = turns?.data?.find((/** @type {any} */ turn) => turn.response_id === response);
      if (timing) this.log.add({ kind: "timing", timing });
    } catch {
      // Then the waterfall shows what is seen from here.
    }
  }

  /** Silences the answer that is heard, tells the server how much of it was, and asks it to stop if it still speaks. */
  stopAnswer() {
    if (this.conversation.active) this.send({ type: "response.cancel" });
    void this.#cutPlayback();
  }

  async #cutPlayback() {
    const player = this.sound.player;
    const cut = player?.playing ? await player.cut() : null;
    if (!cut) return;
    this.#cut.add(cut.item);
    this.log.add({ kind: "cut", item: cut.item, ms: cut.ms, unheard: cut.unheardMs });
    this.send({
      type: "conversation.item.truncate", item_id: cut.item, content_index: 0, audio_end_ms: Math.round(cut.ms),
    });
    this.changed();
  }

  // MARK: What the user says

  /** @param {string} text */
  say(text) {
    if (this.conversation.active || this.sound.player?.playing) this.stopAnswer();
    this.send({
      type: "conversation.item.create", item: { type: "message", role: "user", content: [{ type: "input_text", text }] },
    });
    this.whenIdle(() => this.send({ type: "response.create" }));
  }

  /**
   * What happened before: a note to the model that asks for no answer.
   *
   * @param {string} text
   */
  tell(text) {
    this.send({
      type: "conversation.item.create", item: { type: "message", role: "system", content: [{ type: "input_text", text }] },
    });
  }

  /** Asks for an answer without having said anything. */
  ask() {
    this.whenIdle(() => this.send({ type: "response.create" }));
  }

  /**
   * Opens the microphone.
   *
   * @param {string} [deviceId]
   * @throws {import("../audio/microphone.js").MicrophoneError}
   */
  async startListening(deviceId) {
    await this.#openMicrophone(deviceId);
    this.isListening = true;
    this.changed();
  }

  stopListening() {
    this.#closeMicrophone();
    this.changed();
  }

  #closeMicrophone() {
    this.sound.microphone.stop();
    this.isListening = false;
    this.isHolding = false;
  }

  /** @param {string} [deviceId] */
  async #openMicrophone(deviceId) {
    await this.sound.open();
    this.#hearPlayer();
    await this.sound.microphone.start({
      deviceId,
      context: this.sound.context,
      onFrame: (samples, level) => this.#frame(samples, level),
      onEnded: (reason) => {
        this.stopListening();
        this.log.add({ kind: "note", note: `note.microphone.${reason}` });
      },
    });
  }

  /** @param {Int16Array} samples @param {{ peak: number, rms: number }} level */
  #frame(samples, level) {
    this.dispatchEvent(new CustomEvent("level", { detail: level.peak }));
    if (this.isListening || this.isHolding) this.append(samples);
  }

  /** @param {Int16Array} samples 24 kHz */
  append(samples) {
    const lags = (this.#realtime?.bufferedAmount ?? 0) > LAG;
    if (lags !== this.#isLagging) this.dispatchEvent(new CustomEvent("lag", { detail: (this.#isLagging = lags) }));
    this.send({ type: "input_audio_buffer.append", audio: encodeBase64(samples) });
  }

  /**
   * Push to talk: listens while a button is held. Without turn detection the turn is over when it is let go.
   *
   * @param {string} [deviceId]
   */
  async hold(deviceId) {
    if (this.isListening || this.isHolding || !this.isOn) return;
    this.isHolding = true;
    this.stopAnswer();
    try {
      await this.#openMicrophone(deviceId);
    } catch (error) {
      this.isHolding = false;
      throw error;
    } finally {
      this.changed();
    }
  }

  release() {
    if (!this.isHolding) return;
    this.stopListening();
    this.#endTurn();
  }

  /** Without turn detection it is declared over; with it, silence is what tells. */
  #endTurn() {
    if (this.settings.value("turns") === "none") {
      this.send({ type: "input_audio_buffer.commit" });
      this.ask();
    } else {
      this.append(new Int16Array(24_000));
    }
  }

  /**
   * Lets the page ask a question aloud, for those who have no microphone here.
   *
   * @param {string} url of a WAV file
   */
  async playQuestion(url) {
    if (this.asking || !this.isOn) return;
    const asking = (this.asking = new AbortController());
    await this.openPlayer();
    this.stopAnswer();
    this.changed();
    try {
      await speakQuestion(url, (samples) => this.append(samples), asking.signal);
      if (this.settings.value("turns") === "none" && !asking.signal.aborted) this.#endTurn();
    } finally {
      this.asking = null;
      this.changed();
    }
  }

  // MARK: What is heard

  /** Makes sound possible; browsers want it to follow a click or a key. */
  async openPlayer() {
    await this.sound.open();
    this.#hearPlayer();
  }

  #hearPlayer() {
    const player = this.sound.player;
    player.onPlayed = (item, ms) => this.log.add({ kind: "played", item, ms });
    player.onEnded = (item, ms) => {
      this.log.add({ kind: "played", item, ms });
      this.changed();
    };
  }

  /** Asks anew how long the way to the server is. */
  async measureRoundTrip() {
    if (!this.target || !this.isOn) return;
    const start = performance.now();
    const isOurs = new URL(this.target.endpoint).origin === location.origin;
    if (!isOurs) return;
    try {
      await request(this.target, new URL("/healthz", this.target.endpoint));
      this.roundTrip = performance.now() - start;
      this.changed();
    } catch {
      // The connection itself will tell.
    }
  }
}

/**
 * The names a server answers to.
 *
 * @param {Target} target its name is not looked at
 * @returns {Promise<string[]>}
 * @throws {ConnectionError}
 */
export async function names(target) {
  const list = await request(target, apiURL(target, "models"));
  return (list?.data ?? []).map((/** @type {any} */ model) => model.id);
}
