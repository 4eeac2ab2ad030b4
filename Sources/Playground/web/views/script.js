// What was said, as a script: the speaker in the margin, the words beside it. Words of an answer are light until they are
// heard; what was cut is struck through.

import { t, isText } from "../texts/texts.js";
import { h, fill } from "./element.js";
import { waterfallView } from "./waterfall.js";

/** @typedef {import("../session/conversation.js").Line} Line */

export class Script {
  element = h("div", { class: "script", role: "log", "aria-live": "off", "aria-label": t("script.label"), tabIndex: 0 });
  /** Speaks what is final to those who listen to the page; the script itself would be read again with every word. */
  announcer = h("div", { class: "unseen", "aria-live": "polite" });
  /** @type {Map<string, HTMLElement>} */ #lines = new Map();
  /**
   * The bar of each answer: made anew only when its times are, so that who has opened it can read it.
   *
   * @type {Map<string, HTMLDetailsElement>}
   */
  #bars = new Map();
  /** @type {Set<string>} */ #announced = new Set();
  #follows = true;

  /**
   * @param {{ conversation: import("../session/conversation.js").Conversation, waterfalls: import("../session/waterfall.js").Waterfalls,
   *   talk: import("../session/talk.js").Talk, empty: HTMLElement, select: (id: string) => void }} parts
   */
  constructor({ conversation, waterfalls, talk, empty, select }) {
    this.conversation = conversation;
    this.waterfalls = waterfalls;
    this.talk = talk;
    this.empty = empty;
    this.select = select;
    this.element.addEventListener("scroll", () => {
      const { scrollTop, scrollHeight, clientHeight } = this.element;
      this.#follows = scrollHeight - scrollTop - clientHeight < 40;
    });
    this.clear();
  }

  clear() {
    this.#lines.clear();
    this.#bars.clear();
    this.#announced.clear();
    fill(this.element, this.empty);
  }

  /**
   * Shows a line that is new or has changed.
   *
   * @param {Line} line
   */
  show(line) {
    let element = this.#lines.get(line.id);
    if (!element) {
      this.empty.remove();
      element = h("article", { class: `line ${line.kind}`, "data-item": line.id });
      element.addEventListener("click", () => this.select(line.id));
      this.#lines.set(line.id, element);
      this.element.append(element);
    }
    if (line.failure === "deleted") element.remove();
    this.#fill(element, line);
    this.#announce(line);
    if (this.#follows) this.element.scrollTop = this.element.scrollHeight;
  }

  /**
   * Shows the time an answer took.
   *
   * @param {string} response
   */
  showTimes(response) {
    const waterfall = this.waterfalls.of(response);
    if (waterfall) {
      const bar = waterfallView(waterfall, this.waterfalls.all());
      bar.open = this.#bars.get(response)?.open ?? false;
      this.#bars.set(response, bar);
    }
    for (const line of this.conversation.lines) if (line.response === response) this.show(line);
  }

  /**
   * Brings a line into sight.
   *
   * @param {string} id
   */
  reveal(id) {
    const element = this.#lines.get(id);
    element?.scrollIntoView({ block: "nearest" });
    for (const [other, line] of this.#lines) line.classList.toggle("selected", other === id);
  }

  /** @param {HTMLElement} element @param {Line} line */
  #fill(element, line) {
    if (line.kind === "note") {
      element.classList.toggle("failed", Boolean(line.failure));
      fill(element, h("p", {}, `<< ${noteText(line)} >>`));
      return;
    }
    fill(element,
      h("h3", { class: "speaker" }, t(`speaker.${line.kind}`)),
      h("div", { class: "words" },
        line.call ? this.#call(line) : words(line),
        line.failure && h("p", { class: "failure" }, t("script.failure", { reason: line.failure })),
        line.response && this.#isFirstOfAnswer(line) && this.#bars.get(line.response)));
  }

  /** @param {Line} line */
  #isFirstOfAnswer(line) {
    return this.conversation.lines.find((other) => other.response === line.response) === line;
  }

  /** @param {Line} line */
  #call(line) {
    const call = /** @type {import("../session/conversation.js").Call} */ (line.call);
    const isWaiting = call.output === null && this.talk.isWaiting(call.id);
    const reply = h("textarea", { rows: 2, "aria-label": t("call.reply", { name: call.name }), value: '{"ok": true}' });
    return h("div", { class: "card" },
      h("code", {}, `${call.name}(${call.arguments})`),
      call.output !== null && h("code", { class: "output" }, `→ ${call.output}`),
      isWaiting && h("form", {
        class: "reply",
        onsubmit: (/** @type {Event} */ event) => {
          event.preventDefault();
          this.talk.reply(call.id, reply.value);
        },
      }, reply, h("button", { type: "submit" }, t("call.send"))));
  }

  /** @param {Line} line */
  #announce(line) {
    if (!line.isFinal || line.kind === "note" || !line.text || this.#announced.has(line.id)) return;
    this.#announced.add(line.id);
    fill(this.announcer, h("p", {}, `${t(`speaker.${line.kind}`)}: ${line.text}`));
  }
}

/**
 * What a note says: with its reason, where it has one.
 *
 * @param {Line} line
 */
export function noteText(line) {
  const reason = line.failure ?? line.values?.reason;
  const key = reason && isText(`${line.text}.reason`) ? `${line.text}.reason` : line.text;
  return t(key, { ...line.values, reason: reason ?? "" });
}

/** @param {Line} line */
function words(line) {
  const { text, heard, isFinal, isCut, isSpoken } = line;
  if (line.kind !== "answer") {
    if (!text) return h("p", { class: "partial" }, t(line.failure ? "script.nothing" : "script.listening"));
    return h("p", { class: isFinal ? "" : "partial" }, text);
  }
  if (!isSpoken) return h("p", {}, text);
  return h("p", {},
    h("span", { class: "heard" }, text.slice(0, heard)),
    heard < text.length && (isCut ? h("del", {}, text.slice(heard)) : h("span", { class: "coming" }, text.slice(heard))));
}
