// What comes over the page: making a deployment, the keys of the keyboard.

import { ConnectionError, request } from "../realtime.js";
import { t } from "../texts/texts.js";
import { h, fill } from "./element.js";

/** Names of models of which a deployment can be made here, with their versions, newest first. */
const models = [
  ["gpt-realtime", "2025-08-28"], ["gpt-realtime-mini", "2025-10-06"], ["gpt-4o-realtime-preview", "2025-06-03"],
  ["gpt-4o-realtime-preview", "2024-12-17"], ["gpt-4o-realtime-preview", "2024-10-01"], ["gpt-4o-mini-realtime-preview", "2024-12-17"],
];

/**
 * @param {string} title
 * @param {...(Node | string)} children
 * @returns {HTMLDialogElement} which removes itself when it is closed
 */
function dialog(title, ...children) {
  const heading = h("h2", { id: "dialog-title" }, title);
  const close = h("button", { type: "button", class: "icon close", "aria-label": t("dialog.close"), onclick: () => element.close() }, "✕");
  const element = h("dialog", { "aria-labelledby": "dialog-title", onclose: () => element.remove() },
    h("div", { class: "dialog-head" }, heading, close), ...children);
  document.body.append(element);
  element.showModal();
  return element;
}

/**
 * Makes a deployment: model and version, then a name.
 *
 * @param {import("../realtime.js").Target} target the server it is made on
 * @param {(name: string) => void} made
 */
export function makeDeployment(target, made) {
  const model = h("select", { id: "new-model" }, models.map(([name, version], index) => h("option", { value: String(index), textContent: `${name} · ${version}` })));
  const name = h("input", { id: "new-name", required: true, pattern: "[a-zA-Z0-9][a-zA-Z0-9._\\-]{1,63}", value: "my-assistant", autocomplete: "off" });
  const engine = h("select", { id: "new-engine" }, ["", "small", "standard", "large"].map((value) => h("option", { value, textContent: t(`new.engine.${value || "same"}`) })));
  const failure = h("p", { class: "failure", role: "alert" });
  const submit = h("button", { type: "submit", class: "primary" }, t("new.make"));
  const form = h("form", {
    class: "fields", onsubmit: async (/** @type {Event} */ event) => {
      event.preventDefault();
      const [modelName, version] = models[Number(model.value)];
      submit.disabled = true;
      fill(failure);
      try {
        await request(target, new URL(`/accounts/vivavoce/deployments/${encodeURIComponent(name.value)}?api-version=2024-10-01`, target.endpoint), {
          method: "PUT",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({
            sku: { name: "GlobalStandard", capacity: 1 },
            properties: { model: { format: "OpenAI", name: modelName, version }, ...(engine.value ? { engine: engine.value } : {}) },
          }),
        });
        element.close();
        made(name.value);
      } catch (error) {
        fill(failure, error instanceof ConnectionError ? error.message : String(error));
      } finally {
        submit.disabled = false;
      }
    },
  },
  h("div", { class: "field" }, h("label", { htmlFor: "new-model" }, t("new.model")), model, h("p", { class: "hint" }, t("new.modelHint"))),
  h("div", { class: "field" }, h("label", { htmlFor: "new-name" }, t("new.name")), name, h("p", { class: "hint" }, t("new.nameHint"))),
  h("div", { class: "field" }, h("label", { htmlFor: "new-engine" }, t("new.engine")), engine, h("p", { class: "hint" }, t("new.engineHint"))),
  failure, submit);
  const element = dialog(t("new.title"), form);
}

/** The keys of the keyboard. */
export function showKeys() {
  const keys = /** @type {const} */ ([["␣", "keys.space"], ["Esc", "keys.escape"], ["/", "keys.slash"], ["?", "keys.help"], ["← →", "keys.arrows"]]);
  dialog(t("keys.title"), h("dl", { class: "keys" },
    keys.map(([key, text]) => h("div", {}, h("dt", {}, h("kbd", {}, key)), h("dd", {}, t(text))))));
}
