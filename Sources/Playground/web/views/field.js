// One setting: its name, its control, its unit, whether it was changed, and why it can't be.

import { field } from "../session/settings.js";
import { t, n } from "../texts/texts.js";
import { h, fill } from "./element.js";

/** @typedef {import("../session/settings.js").Settings} Settings */
/** @typedef {import("../session/settings.js").Field} Field */

/**
 * @param {string} id of a field
 * @param {Settings} settings
 * @param {(id: string) => string | null} locked why it can't be changed now, by a key of the texts; `null` if it can
 * @returns {{ element: HTMLElement, show: () => void }}
 */
export function fieldView(id, settings, locked) {
  const about = field(id);
  const control = controls[about.kind](about, (value) => settings.want(id, value));
  control.input.id = `field-${id}`;
  control.input.setAttribute("aria-describedby", `hint-${id}`);
  const output = h("output", { htmlFor: `field-${id}`, class: "field-value" });
  const reset = h("button", {
    type: "button", class: "reset", textContent: "↺", "aria-label": t("set.reset", { name: t(`set.${id}`) }), title: t("set.resetShort"),
    onclick: () => settings.want(id, undefined),
  });
  const hint = h("p", { class: "hint", id: `hint-${id}` });
  const element = h("div", { class: `field field-${about.kind}`, "data-field": id },
    h("div", { class: "field-head" },
      h("label", { htmlFor: `field-${id}` }, t(`set.${id}`)), h("span", { class: "dot", title: t("set.changed") }), output, reset),
    control.input, hint);

  function show() {
    const value = settings.value(id);
    const reason = locked(id);
    control.show(value);
    control.input.disabled = reason !== null;
    output.textContent = said(about, value);
    element.hidden = !settings.applies(id);
    element.classList.toggle("changed", settings.isChanged(id));
    reset.hidden = !settings.isChanged(id);
    const standard = t("set.standard", { value: said(about, settings.standard(id)) || t("set.empty") });
    fill(hint, reason ? t(reason) : about.kind === "range" || about.kind === "number" ? standard : "");
    hint.hidden = !hint.textContent;
  }
  show();
  return { element, show };
}

/**
 * A value with its unit.
 *
 * @param {Field} about
 * @param {any} value
 */
function said(about, value) {
  if (about.kind === "choice") return optionName(about, value);
  if (typeof value !== "number") return about.kind === "number" ? t(value === "inf" ? "set.unlimited" : "set.off") : "";
  const digits = about.step && about.step < 1 ? 2 : 0;
  return about.unit ? t(`unit.${about.unit}`, { value: n(value, digits) }) : n(value, digits);
}

/** @param {Field} about @param {any} value */
const optionName = (about, value) => (about.id === "voice" ? String(value) : t(`set.${about.id}.${value}`));

/** @typedef {{ input: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement, show: (value: any) => void }} Control */

/** @type {Record<Field["kind"], (about: Field, want: (value: any) => void) => Control>} */
const controls = {
  text(about, want) {
    const input = h("textarea", { rows: 4, placeholder: t(`set.${about.id}.placeholder`), onchange: () => want(input.value) });
    return { input, show: (value) => document.activeElement === input || (input.value = value ?? "") };
  },
  choice(about, want) {
    const options = about.options ?? [];
    const input = h("select", { onchange: () => want(input.value) },
      options.map((value) => h("option", { value, textContent: optionName(about, value) })));
    return {
      input,
      show(value) {
        // A server may have more voices than those we know.
        if (value && ![...input.options].some((option) => option.value === value)) input.append(h("option", { value, textContent: value }));
        input.value = value;
      },
    };
  },
  range(about, want) {
    const input = h("input", {
      type: "range", min: String(about.min), max: String(about.max), step: String(about.step),
      onchange: () => want(Number(input.value)),
      oninput: () => {
        const output = input.parentElement?.querySelector("output");
        if (output) output.textContent = said(about, Number(input.value));
      },
    });
    return { input, show: (value) => (input.value = String(value ?? about.standard)) };
  },
  number(about, want) {
    const input = h("input", {
      type: "number", min: String(about.min), max: String(about.max), step: String(about.step), placeholder: said(about, about.standard),
      onchange: () => {
        if (input.value !== "" && !input.reportValidity()) return;
        want(input.value === "" ? about.standard : Number(input.value));
      },
    });
    return { input, show: (value) => document.activeElement === input || (input.value = typeof value === "number" ? String(value) : "") };
  },
  switch(_, want) {
    const input = h("input", { type: "checkbox", role: "switch", onchange: () => want(input.checked) });
    return { input, show: (value) => (input.checked = Boolean(value)) };
  },
};
