// The head of the page: whom one talks to, how it stands, and what can be taken away.

import { t, n, codes, language } from "../texts/texts.js";
import { h, fill } from "./element.js";

const NEW = "\u0000new";

export class Header {
  #name = h("select", { id: "deployment" });
  #state = h("span", { class: "state", role: "status" });
  #figures = h("span", { class: "figures" });
  #theme = h("button", { type: "button", class: "icon", id: "theme" });
  #language = h("select", { id: "language" });
  #file = h("input", { type: "file", accept: ".jsonl,application/jsonl", id: "import", hidden: true });
  element;

  /**
   * @param {import("../session/talk.js").Talk} talk
   * @param {{ choose: (name: string) => void, make: () => void, theme: () => void, speak: (code: string) => void,
   *   help: () => void, save: (what: "recording" | "sound" | "transcript") => void, open: (file: File) => void, end: () => void }} actions
   */
  constructor(talk, actions) {
    this.talk = talk;
    this.#name.addEventListener("change", () => {
      if (this.#name.value !== NEW) actions.choose(this.#name.value);
      else actions.make();
    });
    this.#theme.addEventListener("click", actions.theme);
    this.#language.append(...codes.map((code) => h("option", { value: code, textContent: t(`language.${code}`), selected: code === language() })));
    this.#language.addEventListener("change", () => actions.speak(this.#language.value));
    this.#file.addEventListener("change", () => {
      const [file] = this.#file.files ?? [];
      if (file) actions.open(file);
      this.#file.value = "";
    });
    const menu = h("details", { class: "menu" },
      h("summary", {}, t("header.session")),
      h("div", { class: "menu-items" },
        ...(/** @type {const} */ (["recording", "sound", "transcript"])).map((what) =>
          h("button", { type: "button", id: `save-${what}`, onclick: () => (actions.save(what), menu.removeAttribute("open")) }, t(`header.save.${what}`))),
        h("button", { type: "button", onclick: () => (this.#file.click(), menu.removeAttribute("open")) }, t("header.open")),
        h("button", { type: "button", id: "end", onclick: () => (actions.end(), menu.removeAttribute("open")) }, t("header.end")),
        h("button", { type: "button", onclick: () => (actions.help(), menu.removeAttribute("open")) }, t("header.help")),
        h("label", { class: "unseen", htmlFor: "language" }, t("header.language")), this.#language));
    menu.addEventListener("focusout", (event) => {
      if (!menu.contains(/** @type {Node} */ (event.relatedTarget))) menu.removeAttribute("open");
    });
    this.element = h("header", { class: "header" },
      h("h1", {}, "Vivavoce"),
      h("label", { class: "unseen", htmlFor: "deployment" }, t("header.deployment")), this.#name,
      h("span", { class: "space" }), this.#state, this.#figures,
      this.#theme, menu, this.#file);
  }

  /**
   * @param {string[]} names that there are
   * @param {string} chosen
   * @param {boolean} canMake whether deployments can be made there
   */
  showNames(names, chosen, canMake) {
    const all = names.includes(chosen) || !chosen ? names : [chosen, ...names];
    fill(this.#name, all.map((name) => h("option", { value: name, textContent: name, selected: name === chosen })),
      canMake && h("option", { value: NEW, textContent: t("header.make") }));
    this.#name.value = chosen;
  }

  /** @param {"light" | "dark"} theme */
  showTheme(theme) {
    this.#theme.textContent = theme === "dark" ? "☀" : "☾";
    this.#theme.setAttribute("aria-label", t(theme === "dark" ? "header.light" : "header.dark"));
  }

  /** @param {number} elapsed milliseconds since the session began */
  show(elapsed) {
    const { talk } = this;
    const key = `state.${talk.state}${talk.state === "loading" && talk.waitingFor ? ".reason" : ""}`;
    const text = t(key, { reason: talk.waitingFor });
    if (this.#state.textContent !== text) this.#state.textContent = text;
    this.#state.dataset.state = talk.state;
    const seconds = Math.floor(elapsed / 1000);
    const clock = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
    const way = talk.roundTrip === null ? "" : `${t("unit.ms", { value: n(Math.round(talk.roundTrip)) })} · `;
    this.#figures.textContent = talk.isOn ? `${way}${clock}` : "";
  }
}
