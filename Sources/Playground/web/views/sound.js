// Which microphone hears, which question the page can ask itself, and what happened before.

import { Microphone } from "../audio/microphone.js";
import { t } from "../texts/texts.js";
import { h, fill } from "./element.js";

/**
 * @param {{ device: string }} choice
 * @param {(device: string) => void} changed
 * @returns {{ element: HTMLElement, show: () => Promise<void> }}
 */
export function soundView(choice, changed) {
  const select = h("select", { id: "microphone", onchange: () => changed((choice.device = select.value)) });
  async function show() {
    const devices = await Microphone.devices().catch(() => []);
    fill(select, h("option", { value: "", textContent: t("sound.standard") }),
      devices.filter(({ id, label }) => id && label).map(({ id, label }) => h("option", { value: id, textContent: label })));
    select.value = devices.some(({ id }) => id === choice.device) ? choice.device : "";
  }
  void show();
  const element = h("div", { class: "fields" },
    h("div", { class: "field" }, h("label", { htmlFor: "microphone" }, t("sound.microphone")), select, h("p", { class: "hint" }, t("sound.echo"))));
  return { element, show };
}

/**
 * What the model should know and not answer: a system message.
 *
 * @param {import("../session/talk.js").Talk} talk
 */
export function contextView(talk) {
  const text = h("textarea", { id: "context", rows: 3, placeholder: t("context.placeholder") });
  const add = h("button", {
    type: "button", class: "plain", onclick: () => {
      if (text.value.trim()) talk.tell(text.value.trim());
      text.value = "";
    },
  }, t("context.add"));
  const show = () => (add.disabled = !talk.isOn);
  show();
  return {
    element: h("div", { class: "field" }, h("label", { htmlFor: "context" }, t("context.label")), text, add),
    show,
  };
}
