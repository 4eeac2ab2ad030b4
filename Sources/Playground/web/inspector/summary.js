// An event in a few words, made for its type.

import { gaType } from "../session/dialect.js";
import { t, n } from "../texts/texts.js";

/** @typedef {import("../realtime.js").RealtimeEvent} RealtimeEvent */

/** @param {string} audio base64 of PCM16 at 24 kHz @returns {number} seconds */
export const seconds = (audio) => Math.floor((audio.length * 3) / 4 / 2) / 24_000;

/** @param {string} text */
const quoted = (text) => `“${text.length > 48 ? `${text.slice(0, 47)}…` : text}”`;

/** @type {Record<string, (event: RealtimeEvent) => string>} */
const summaries = {
  "session.created": ({ session }) => session?.model ?? "",
  "session.update": ({ session }) => Object.keys(session ?? {}).filter((name) => name !== "type").join(", "),
  "input_audio_buffer.append": ({ audio }) => sound(seconds(audio ?? "")),
  "input_audio_buffer.speech_started": ({ audio_start_ms: at }) => t("unit.ms", { value: n(at) }),
  "input_audio_buffer.speech_stopped": ({ audio_end_ms: at }) => t("unit.ms", { value: n(at) }),
  "conversation.item.create": ({ item }) => itemSummary(item),
  "conversation.item.added": ({ item }) => itemSummary(item),
  "conversation.item.done": ({ item }) => itemSummary(item),
  "conversation.item.truncate": ({ audio_end_ms: at }) => `→ ${t("unit.ms", { value: n(at) })}`,
  "conversation.item.truncated": ({ audio_end_ms: at }) => `→ ${t("unit.ms", { value: n(at) })}`,
  "response.create": ({ response }) => Object.keys(response ?? {}).join(", "),
  "response.created": ({ response }) => response?.id ?? "",
  "response.output_item.added": ({ item }) => itemSummary(item),
  "response.output_item.done": ({ item }) => itemSummary(item),
  "response.content_part.added": ({ part }) => part?.type ?? "",
  "response.content_part.done": ({ part }) => quoted(part?.text ?? part?.transcript ?? ""),
  "response.done": ({ response }) => `${response?.status ?? ""}${response?.usage ? ` · ${t("unit.tokens", { value: n(response.usage.total_tokens ?? 0) })}` : ""}`,
  "rate_limits.updated": ({ rate_limits: limits }) => (limits ?? []).map((/** @type {any} */ limit) => `${limit.name} ${n(limit.remaining)}`).join(", "),
  error: ({ error }) => error?.message ?? "",
};

/** @param {RealtimeEvent} event @returns {string} */
export function summary(event) {
  const type = gaType(event.type);
  if (summaries[type]) return summaries[type](event);
  if (type === "response.output_audio.delta") return sound(seconds(event.delta ?? ""));
  const text = event.delta ?? event.transcript ?? event.text ?? event.arguments;
  if (typeof text === "string") return quoted(text);
  return event.item_id ?? event.response_id ?? "";
}

/** Equal events in a row, summed up as they come: of sound there are fifty a second. */
export class Run {
  #seconds = 0;
  #text = "";
  /** @type {RealtimeEvent | null} */ #first = null;

  /** @param {RealtimeEvent} event */
  add(event) {
    this.#first ??= event;
    if (isSound(event)) this.#seconds += seconds(event.audio ?? event.delta ?? "");
    else if (this.#text.length < 60) this.#text += event.delta ?? "";
  }

  /** @returns {string} */
  get summary() {
    if (this.#first && isSound(this.#first)) return sound(this.#seconds);
    return this.#text ? quoted(this.#text) : this.#first ? summary(this.#first) : "";
  }
}

/** @param {RealtimeEvent} event */
const isSound = ({ type }) => type.endsWith("_buffer.append") || gaType(type) === "response.output_audio.delta";

/** @param {number} length */
const sound = (length) => t("event.sound", { seconds: n(length, 2) });

/** @param {any} item */
function itemSummary(item) {
  const part = item?.content?.[0];
  const text = part?.text ?? part?.transcript ?? item?.output;
  return [item?.role ?? item?.name ?? item?.type, item?.status, text && quoted(text)].filter(Boolean).join(" · ");
}
