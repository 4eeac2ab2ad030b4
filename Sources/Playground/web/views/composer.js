// The foot of the stage: the big button, what one types, and push to talk.

import { t } from "../texts/texts.js";
import { h, fill } from "./element.js";

export class Composer {
  #button = h("button", { type: "button", class: "primary", id: "listen" });
  #level = h("span", { class: "level", "aria-hidden": "true" });
  #text = h("input", { type: "text", id: "message", autocomplete: "off", maxLength: 20_000 });
  #send = h("button", { type: "submit", class: "plain" });
  #stop = h("button", { type: "button", class: "plain", id: "stop" });
  #hold = h("button", { type: "button", class: "plain", id: "hold" });
  #replay = h("button", { type: "button", class: "plain", id: "replay" });
  #hint = h("p", { class: "hint", id: "composer-hint" });
  element = h("form", { class: "composer" },
    this.#button, h("label", { class: "unseen", htmlFor: "message" }, t("composer.message")), this.#text, this.#send, this.#stop, this.#hold,
    this.#replay, this.#hint);

  /**
   * @param {import("../session/talk.js").Talk} talk
   * @param {import("../session/replay.js").Replay} replay
   * @param {{ listen: () => void, hold: () => void, replay: () => void }} actions begin or end listening, push to talk, play what
   *   was again
   */
  constructor(talk, replay, actions) {
    this.talk = talk;
    this.replay = replay;
    this.#button.addEventListener("click", actions.listen);
    this.#replay.addEventListener("click", actions.replay);
    replay.addEventListener("change", () => this.show());
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = this.#text.value.trim();
      if (!text || !talk.isOn) return;
      this.#text.value = "";
      talk.say(text);
      // Who can't hear it reads it.
      talk.openPlayer().catch(() => {});
    });
    this.#stop.addEventListener("click", () => talk.stopAnswer());
    this.#hold.addEventListener("pointerdown", () => actions.hold());
    for (const end of ["pointerup", "pointercancel", "pointerleave"]) this.#hold.addEventListener(end, () => talk.release());
    // A key on the button does as the pointer does.
    this.#hold.addEventListener("keydown", (event) => event.key === "Enter" && !event.repeat && actions.hold());
    this.#hold.addEventListener("keyup", (event) => event.key === "Enter" && talk.release());
    talk.addEventListener("level", (event) => this.#showLevel(/** @type {CustomEvent<number>} */ (event).detail));
    talk.addEventListener("lag", (event) => fill(this.#hint, /** @type {CustomEvent<boolean>} */ (event).detail ? t("composer.lag") : ""));
    this.show();
  }

  show() {
    const { talk } = this;
    const isBusy = ["connecting", "loading", "reconnecting"].includes(talk.state);
    const key = talk.isOn ? (talk.isListening ? "composer.stop" : "composer.listen") : isBusy ? "composer.cancel" : "composer.start";
    fill(this.#button, this.#level, h("span", {}, t(key)));
    this.#button.classList.toggle("on", talk.isListening);
    this.#button.setAttribute("aria-pressed", String(talk.isListening));
    this.#text.placeholder = t(talk.isOn ? "composer.placeholder" : "composer.placeholderOff");
    this.#text.disabled = !talk.isOn;
    fill(this.#send, t("composer.send"));
    this.#send.disabled = !talk.isOn;
    fill(this.#stop, t("composer.interrupt"));
    this.#stop.hidden = talk.state !== "answering" && talk.state !== "thinking";
    fill(this.#hold, t("composer.hold"));
    this.#hold.classList.toggle("on", talk.isHolding);
    this.#hold.hidden = !talk.isOn || talk.isListening;
    fill(this.#replay, t(this.replay.position === null ? "composer.replay" : "composer.replayStop"));
    this.#replay.hidden = talk.state !== "off" || !talk.log.entries.some((entry) => entry.kind === "sent" || entry.kind === "played");
    if (!talk.isListening && !talk.isHolding) this.#showLevel(0);
  }

  /** @param {number} peak */
  #showLevel(peak) {
    this.#level.style.setProperty("--level", String(Math.min(1, Math.sqrt(peak) * 1.2)));
  }
}
