// What breaks the order of the protocol. Each fault is a rule of docs/protocol.md that the server did not keep to, by its key
// in the texts (`fault.…`).

import { gaType, previewTypes } from "./dialect.js";

/** @typedef {import("../realtime.js").RealtimeEvent} RealtimeEvent */
/** @typedef {{ index: number, rule: string, detail: string }} Fault */

/** What is open of an answer: its items, and of each its parts and what was said of it so far. */
class OpenAnswer {
  /** @type {Map<string, { isOpen: boolean, parts: Map<number, { isOpen: boolean, said: Record<string, string> }> }>} */
  items = new Map();
}

export class Order {
  /** @type {Fault[]} */ faults = [];
  /** @type {Map<string, OpenAnswer>} */ #answers = new Map();
  /** @type {Set<string>} */ #done = new Set();
  /** @type {Set<string>} */ #items = new Set();
  /** @type {Set<string>} */ #transcribed = new Set();
  /** @type {Set<string>} */ #ids = new Set();
  #count = 0;
  /** @type {boolean | null} */ #isPreview = null;
  /** @type {string | null} */ #speaking = null;
  #index = 0;

  /** @param {import("./log.js").Log} log */
  constructor(log) {
    log.read(
      (entry, index) => {
        this.#index = index;
        if (entry.kind === "received") this.#check(entry.event);
        // A new connection is a new session.
        if (entry.kind === "note" && entry.note === "note.started") this.#restart();
      },
      () => ((this.faults = []), this.#restart()));
  }

  #restart() {
    for (const known of [this.#answers, this.#done, this.#items, this.#transcribed, this.#ids]) known.clear();
    this.#count = 0;
    this.#isPreview = null;
    this.#speaking = null;
  }

  /** @param {boolean} isKept @param {string} rule @param {string} [detail] */
  #expect(isKept, rule, detail = "") {
    if (!isKept) this.faults.push({ index: this.#index, rule, detail });
    return isKept;
  }

  /** @param {RealtimeEvent} event */
  #check(event) {
    const type = gaType(event.type);
    this.#count += 1;
    if (this.#count === 1) {
      this.#expect(type === "session.created" || type === "error", "fault.first", event.type);
      this.#isPreview = type === "session.created" ? !(event.session?.type || event.session?.audio) : null;
    }
    if (event.event_id) {
      this.#expect(!this.#ids.has(event.event_id), "fault.eventId", event.event_id);
      this.#ids.add(event.event_id);
    }
    if (this.#isPreview === false && event.type !== "conversation.item.created") {
      this.#expect(!previewTypes.has(event.type), "fault.dialect", event.type);
    }
    switch (type) {
      case "input_audio_buffer.speech_started":
        this.#expect(this.#speaking === null, "fault.startedTwice", event.item_id);
        this.#speaking = event.item_id;
        break;
      case "input_audio_buffer.speech_stopped":
        this.#expect(this.#speaking === event.item_id, "fault.stoppedUnstarted", event.item_id);
        this.#speaking = null;
        break;
      case "input_audio_buffer.committed":
      case "input_audio_buffer.cleared":
        this.#speaking = null;
        break;
      case "conversation.item.added":
        this.#expect(!event.previous_item_id || this.#items.has(event.previous_item_id), "fault.previous", event.previous_item_id);
        this.#items.add(event.item.id);
        break;
      case "conversation.item.done":
        this.#expect(this.#items.has(event.item.id), "fault.itemUnadded", event.item.id);
        break;
      case "conversation.item.input_audio_transcription.completed":
      case "conversation.item.input_audio_transcription.failed":
        this.#expect(!this.#transcribed.has(event.item_id), "fault.transcribedTwice", event.item_id);
        this.#transcribed.add(event.item_id);
        break;
      default:
        if (type.startsWith("response.")) this.#checkAnswer(type, event);
    }
  }

  /** @param {string} type @param {RealtimeEvent} event */
  #checkAnswer(type, event) {
    const id = event.response?.id ?? event.response_id;
    if (type === "response.created") {
      const isBeside = event.response.conversation_id === null;
      this.#expect(isBeside || this.#answers.size === 0, "fault.twoAnswers", id);
      this.#answers.set(id, new OpenAnswer());
      return;
    }
    const answer = this.#answers.get(id);
    if (!this.#expect(!this.#done.has(id), "fault.afterDone", event.type)) return;
    if (!this.#expect(answer !== undefined, "fault.uncreated", event.type) || !answer) return;
    if (type === "response.done") {
      const open = [...answer.items].find(([, item]) => item.isOpen);
      this.#expect(!open, "fault.openItem", open?.[0]);
      this.#answers.delete(id);
      this.#done.add(id);
      return;
    }
    this.#checkItem(answer, type, event);
  }

  /** @param {OpenAnswer} answer @param {string} type @param {RealtimeEvent} event */
  #checkItem(answer, type, event) {
    const id = event.item?.id ?? event.item_id;
    if (type === "response.output_item.added") {
      answer.items.set(id, { isOpen: true, parts: new Map() });
      return;
    }
    const item = answer.items.get(id);
    if (!this.#expect(item?.isOpen === true, "fault.itemClosed", event.type) || !item) return;
    if (type === "response.output_item.done") {
      const open = [...item.parts].find(([, part]) => part.isOpen);
      this.#expect(!open, "fault.openPart", id);
      item.isOpen = false;
    } else if (type === "response.content_part.added") {
      item.parts.set(event.content_index, { isOpen: true, said: {} });
    } else if (event.content_index !== undefined) {
      const part = item.parts.get(event.content_index);
      if (!this.#expect(part?.isOpen === true, "fault.partClosed", event.type) || !part) return;
      if (type === "response.content_part.done") part.isOpen = false;
      else this.#checkText(part, type, event);
    }
  }

  /**
   * What came in pieces must be the whole.
   *
   * @param {{ said: Record<string, string> }} part
   * @param {string} type
   * @param {RealtimeEvent} event
   */
  #checkText(part, type, event) {
    const name = type.replace(/\.(delta|done)$/, "");
    if (type.endsWith(".delta") && !name.endsWith("audio")) part.said[name] = (part.said[name] ?? "") + event.delta;
    const whole = event.text ?? event.transcript;
    if (type.endsWith(".done") && whole !== undefined) {
      this.#expect((part.said[name] ?? "") === whole, "fault.sum", event.type);
    }
  }
}
