// Where the time of an answer went, as a bar; hollow parts were done before the turn was over.

import { t, n } from "../texts/texts.js";
import { h } from "./element.js";

/** @typedef {import("../session/waterfall.js").Waterfall} Waterfall */

/**
 * @param {Waterfall} waterfall
 * @param {Waterfall[]} all of the session, for the average
 * @returns {HTMLDetailsElement} a bar that opens to a table
 */
export function waterfallView(waterfall, all) {
  const { parts, total, stopped } = waterfall;
  const bar = h("span", { class: "bar", "aria-hidden": "true" },
    parts.map((part) => {
      const piece = h("span", { class: `part ${part.step}${part.isAhead ? " ahead" : ""}`, title: t(`step.${part.step}`) });
      piece.style.flexGrow = String(Math.max(0, part.to - part.from));
      return piece;
    }));
  const wait = Math.round(total - stopped);
  return h("details", { class: "waterfall" },
    h("summary", { "aria-label": t("waterfall.label", { total: n(Math.round(total)), wait: n(wait) }) },
      bar, h("span", { class: "total" }, t("unit.ms", { value: n(Math.round(total)) }))),
    table(waterfall, all),
    h("p", { class: "hint" }, t(waterfall.isServers ? "waterfall.servers" : "waterfall.here"),
      waterfall.wasPrepared ? ` ${t("waterfall.prepared")}` : ""));
}

/** @param {Waterfall} waterfall @param {Waterfall[]} all */
function table({ parts, total, stopped }, all) {
  const average = (/** @type {string} */ step) => {
    const times = all.flatMap((other) => other.parts.filter((part) => part.step === step).map((part) => part.to));
    return times.reduce((sum, time) => sum + time, 0) / Math.max(1, times.length);
  };
  const row = (/** @type {string} */ name, /** @type {number} */ at, /** @type {number} */ usual) =>
    h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, n(Math.round(at))), h("td", {}, n(Math.round(usual))));
  const mean = (/** @type {(other: Waterfall) => number} */ value) => all.reduce((sum, other) => sum + value(other), 0) / Math.max(1, all.length);
  const rows = parts.map((part) => ({ at: part.to, element: row(t(`step.${part.step}`), part.to, average(part.step)) }));
  // Where the silence is a part of its own, its end is the turn's.
  if (!parts.some((part) => part.step === "silence")) {
    rows.push({ at: stopped, element: row(t("step.stopped"), stopped, mean((other) => other.stopped)) });
  }
  rows.sort((a, b) => a.at - b.at);
  return h("table", {},
    h("thead", {}, h("tr", {}, ["waterfall.reached", "waterfall.this", "waterfall.usual"].map((key) => h("th", { scope: "col" }, t(key))))),
    h("tbody", {}, rows.map(({ element }) => element)),
    h("tfoot", {}, row(t("step.total"), total, mean((other) => other.total))));
}
