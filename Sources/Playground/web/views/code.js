// The present settings as a program, to be taken away.

import { languages, snippet } from "../code/snippets.js";
import { isPreview } from "../realtime.js";
import { toPreview } from "../session/dialect.js";
import { t } from "../texts/texts.js";
import { h } from "./element.js";

/**
 * @param {import("../session/settings.js").Settings} settings
 * @param {import("./connection.js").Connection} connection
 * @param {{ code: string }} choice kept over reloads
 * @param {() => void} changed
 * @returns {{ element: HTMLElement, show: () => void }}
 */
export function codeView(settings, connection, choice, changed) {
  const code = h("code", {});
  const select = h("select", {
    id: "code-language", onchange: () => {
      choice.code = select.value;
      show();
      changed();
    },
  }, languages.map(({ id, name }) => h("option", { value: id, textContent: name, selected: id === choice.code })));
  const copy = h("button", {
    type: "button", class: "plain", onclick: async () => {
      await navigator.clipboard.writeText(code.textContent ?? "");
      copy.textContent = t("code.copied");
      setTimeout(() => (copy.textContent = t("code.copy")), 1500);
    },
  }, t("code.copy"));

  function show() {
    const { service, endpoint, name, apiVersion, credential } = connection;
    const preview = isPreview(connection);
    const session = settings.update(undefined, { isPreview: preview });
    code.textContent = snippet(select.value, { service, endpoint, name, apiVersion, credential }, preview ? toPreview(session) : session);
  }
  const element = h("div", { class: "fields" },
    h("div", { class: "row" }, h("label", { class: "unseen", htmlFor: "code-language" }, t("code.language")), select, copy),
    h("pre", { class: "code", tabIndex: 0, role: "region", "aria-label": t("panel.code") }, code));
  return { element, show };
}
