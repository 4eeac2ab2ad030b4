// What can be set of a session: one table, from which the panel, the update, the snippets and the comparison with what the
// server echoed all follow. In GA's shape; `dialect.js` knows the preview's.

import { get, set, asGA } from "./dialect.js";

/**
 * @typedef {object} Field
 * @property {string} id its key in the texts (`set.…`), too
 * @property {"voice" | "turns"} group
 * @property {string[]} path where it stands in the session
 * @property {"text" | "choice" | "range" | "number" | "switch"} kind
 * @property {any} standard what it is unless told otherwise
 * @property {any[]} [options] of a choice
 * @property {number} [min] @property {number} [max] @property {number} [step]
 * @property {string} [unit] by its key in the texts (`unit.…`)
 * @property {"server_vad" | "semantic_vad"} [only] the detector that has it
 * @property {boolean} [previewOnly] whether GA knows it not
 */

/**
 * A function that the model may call. Its `reply` is JSON, or `null` for a reply by hand.
 *
 * @typedef {{ name: string, description: string, parameters: object, reply: string | null }} Tool
 */

const turn = ["audio", "input", "turn_detection"];
const voices = ["alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse", "marin", "cedar"];

/** @type {Field[]} */
export const fields = [
  { id: "instructions", group: "voice", path: ["instructions"], kind: "text", standard: "" },
  { id: "voice", group: "voice", path: ["audio", "output", "voice"], kind: "choice", options: voices, standard: "alloy" },
  { id: "speed", group: "voice", path: ["audio", "output", "speed"], kind: "range", min: 0.25, max: 1.5, step: 0.05, unit: "times", standard: 1 },
  { id: "modality", group: "voice", path: ["output_modalities", "0"], kind: "choice", options: ["audio", "text"], standard: "audio" },
  { id: "temperature", group: "voice", path: ["temperature"], kind: "range", min: 0.6, max: 1.2, step: 0.05, standard: 0.8, previewOnly: true },
  { id: "tokens", group: "voice", path: ["max_output_tokens"], kind: "number", min: 1, max: 4096, step: 1, unit: "tokens", standard: "inf" },
  { id: "transcription", group: "voice", path: ["audio", "input", "transcription"], kind: "switch", standard: true },
  { id: "noise", group: "voice", path: ["audio", "input", "noise_reduction", "type"], kind: "choice", options: ["none", "near_field", "far_field"], standard: "none" },
  { id: "turns", group: "turns", path: [...turn, "type"], kind: "choice", options: ["server_vad", "semantic_vad", "none"], standard: "server_vad" },
  { id: "threshold", group: "turns", path: [...turn, "threshold"], kind: "range", min: 0, max: 1, step: 0.05, standard: 0.5, only: "server_vad" },
  { id: "padding", group: "turns", path: [...turn, "prefix_padding_ms"], kind: "range", min: 0, max: 1000, step: 20, unit: "ms", standard: 300, only: "server_vad" },
  { id: "silence", group: "turns", path: [...turn, "silence_duration_ms"], kind: "range", min: 0, max: 2000, step: 20, unit: "ms", standard: 200, only: "server_vad" },
  { id: "idle", group: "turns", path: [...turn, "idle_timeout_ms"], kind: "number", min: 5000, max: 30000, step: 500, unit: "ms", standard: null, only: "server_vad" },
  { id: "eagerness", group: "turns", path: [...turn, "eagerness"], kind: "choice", options: ["auto", "low", "medium", "high"], standard: "auto", only: "semantic_vad" },
  { id: "respond", group: "turns", path: [...turn, "create_response"], kind: "switch", standard: true },
  { id: "interrupt", group: "turns", path: [...turn, "interrupt_response"], kind: "switch", standard: true },
];

/** @param {string} id @returns {Field} */
export const field = (id) => /** @type {Field} */ (fields.find((field) => field.id === id));

/** The model that writes down what is said, for servers that let one choose. */
const transcriber = { model: "gpt-4o-mini-transcribe" };

/** @param {any} session in GA's shape @param {Field} field @returns {any} as the panel shows it; `undefined` if nothing is said */
function read(session, { id, path }) {
  if (path[2] === "turn_detection" && get(session, turn) === null) return id === "turns" ? "none" : undefined;
  if (id === "noise" && get(session, path.slice(0, -1)) === null) return "none";
  const value = get(session, path);
  return id === "transcription" && value !== undefined ? value !== null : value;
}

export class Settings extends EventTarget {
  /**
   * What the user wants otherwise.
   *
   * @type {Record<string, any>}
   */
  wanted = {};
  /**
   * The tools of the session.
   *
   * @type {Tool[]}
   */
  tools = [];
  /**
   * What the server gave at the start, and what it echoed last; `null` without a session.
   *
   * @type {any}
   */
  given = null;
  /** @type {any} */ echoed = null;

  /** @param {string} id @returns {any} what it is unless the user wants it otherwise */
  standard(id) {
    const given = this.given && read(this.given, field(id));
    // Who talks wants to see what was understood.
    return id === "transcription" ? true : given ?? field(id).standard;
  }

  /** @param {string} id @returns {any} what it is now: what the server echoed, or what it will be asked for */
  value(id) {
    const echoed = this.echoed && read(this.echoed, field(id));
    return echoed ?? this.wanted[id] ?? this.standard(id);
  }

  /** @param {string} id whether the user wants it otherwise */
  isChanged(id) {
    return id in this.wanted;
  }

  /** @param {string} id @param {any} value `undefined` for the standard */
  want(id, value) {
    if (value === undefined || value === this.standard(id)) delete this.wanted[id];
    else this.wanted[id] = value;
    this.dispatchEvent(new CustomEvent("change", { detail: id }));
  }

  /** @param {Tool[]} tools */
  setTools(tools) {
    this.tools = tools;
    this.dispatchEvent(new CustomEvent("change", { detail: "tools" }));
  }

  /** @param {any} session as `session.created` or `session.updated` brought it; `null` when there is none any more */
  echo(session) {
    this.echoed = session && asGA(session);
    if (!session) this.given = null;
    else this.given ??= this.echoed;
    this.dispatchEvent(new CustomEvent("echo"));
  }

  /** @param {string} id @returns {boolean} whether it has a meaning with the detector that is wanted */
  applies(id) {
    const { only, path } = field(id);
    const detector = this.wanted.turns ?? this.standard("turns");
    return only ? only === detector : id === "turns" || path[2] !== "turn_detection" || detector !== "none";
  }

  /**
   * What a `session.update` has to say.
   *
   * @param {string[]} [ids] only these and what hangs together with them; else all that is wanted otherwise
   * @param {{ isPreview?: boolean }} [options]
   * @returns {any} a session in GA's shape, with `type`
   */
  update(ids, options = {}) {
    const { isPreview = false } = options;
    /** @type {any} */
    const session = { type: "realtime" };
    const asked = ids ?? [...Object.keys(this.wanted), "transcription", ...(this.tools.length ? ["tools"] : [])];
    for (const id of asked) {
      if (id === "tools") {
        session.tools = this.tools.map(({ reply, ...tool }) => ({ type: "function", ...tool }));
        continue;
      }
      const { path, previewOnly } = field(id);
      if (path[2] === "turn_detection" || (previewOnly && !isPreview)) continue;
      const value = this.wanted[id] ?? this.standard(id);
      if (id === "transcription") set(session, path, value ? transcriber : null);
      else if (id === "noise") set(session, path.slice(0, -1), value === "none" ? null : { type: value });
      else if (id === "modality") session.output_modalities = [value];
      else set(session, path, value);
    }
    // It is replaced as a whole, so all of it is said.
    const isOfTurns = (/** @type {string} */ id) => id !== "tools" && field(id).path[2] === "turn_detection";
    if (asked.some(isOfTurns)) set(session, turn, this.#detection());
    return session;
  }

  /** @returns {any} */
  #detection() {
    const type = this.wanted.turns ?? this.standard("turns");
    if (type === "none") return null;
    /** @type {any} */
    const detection = { type };
    const given = get(this.given, turn)?.type === type ? this.given : null;
    for (const field of fields) {
      if (field.path[2] !== "turn_detection" || field.id === "turns" || !this.applies(field.id)) continue;
      const value = this.wanted[field.id] ?? (given && read(given, field));
      if (value !== undefined && value !== null) detection[field.path[3]] = value;
    }
    return detection;
  }
}
