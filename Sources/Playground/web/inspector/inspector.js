// Every event, in order: filtered, folded, opened, and marked where it breaks the protocol's order.

import { t, n, isText } from "../texts/texts.js";
import { gaType } from "../session/dialect.js";
import { h, fill, atNextFrame } from "../views/element.js";
import { Run, summary } from "./summary.js";
import { tree } from "./tree.js";

/** @typedef {import("../session/log.js").EventEntry} EventEntry */
/** @typedef {import("../session/log.js").Entry} Entry */

// Older rows are taken off the page; the log and every export have them all.
const MOST = 1500;

/** A row: one event, or a run of equal ones. */
class Row {
  /** @type {{ entry: EventEntry, index: number }[]} */ events = [];
  run = new Run();
  element = h("li", { class: "event" });
  isOpen = false;

  /** @param {EventEntry} entry @param {number} index */
  constructor(entry, index) {
    this.add(entry, index);
  }

  /** @param {EventEntry} entry @param {number} index */
  add(entry, index) {
    this.events.push({ entry, index });
    this.run.add(entry.event);
  }

  get first() {
    return this.events[0].entry;
  }

  /** @param {EventEntry} entry @returns {boolean} whether it continues this run */
  takes(entry) {
    const { first } = this;
    const isMany = entry.event.type.endsWith(".delta") || entry.event.type.endsWith(".append");
    return isMany && entry.kind === first.kind && entry.event.type === first.event.type && entry.event.item_id === first.event.item_id;
  }
}

export class Inspector {
  #list = h("ol", { class: "events", tabIndex: 0, "aria-label": t("inspector.events") });
  #filter = h("input", { type: "search", id: "filter", placeholder: t("inspector.filter"), oninput: () => this.#refilter() });
  #hideSound = h("input", { type: "checkbox", id: "hide-sound", onchange: () => this.#refilter() });
  #faults = h("p", { class: "faults", role: "status" });
  #usage = h("p", { class: "usage" });
  element = h("div", { class: "inspector" },
    h("div", { class: "inspector-head" },
      h("label", { class: "unseen", htmlFor: "filter" }, t("inspector.filter")), this.#filter,
      h("label", { class: "check" }, this.#hideSound, t("inspector.hideSound"))),
    this.#list, h("div", { class: "inspector-foot" }, this.#faults, this.#usage));
  /** @type {Row[]} */ #rows = [];
  #dirty = /** @type {Set<Row>} */ (new Set());
  #paint = atNextFrame(() => this.#paintDirty());
  #follows = true;

  /**
   * @param {{ log: import("../session/log.js").Log, order: import("../session/order.js").Order,
   *   conversation: import("../session/conversation.js").Conversation, pick: (at: number, item: string | null) => void }} parts
   */
  constructor({ log, order, conversation, pick }) {
    this.order = order;
    this.conversation = conversation;
    this.pick = pick;
    log.read((entry, index) => this.#take(entry, index), () => this.#clear());
    this.#list.addEventListener("scroll", () => {
      const { scrollTop, scrollHeight, clientHeight } = this.#list;
      this.#follows = scrollHeight - scrollTop - clientHeight < 40;
    });
    this.#showFoot();
  }

  focusFilter() {
    this.#filter.focus();
  }

  /** @param {string} text */
  filterBy(text) {
    this.#filter.value = text;
    this.#refilter();
  }

  /**
   * Brings the first event at or after a moment into sight.
   *
   * @param {number} at
   */
  show(at) {
    const row = this.#rows.find((row) => row.first.at >= at && !row.element.hidden);
    row?.element.scrollIntoView({ block: "center" });
  }

  #clear() {
    this.#rows = [];
    this.#dirty.clear();
    fill(this.#list);
    this.#showFoot();
  }

  /** @param {Entry} entry @param {number} index */
  #take(entry, index) {
    if (entry.kind !== "sent" && entry.kind !== "received") return;
    // Sound goes both ways at once: an event may continue a run that is not the last row but one of the last two.
    let row = this.#rows.slice(-2).find((row) => row.takes(entry));
    if (row) row.add(entry, index);
    else this.#rows.push((row = new Row(entry, index)));
    this.#dirty.add(row);
    this.#paint();
  }

  #paintDirty() {
    for (const row of this.#dirty) {
      this.#fill(row);
      row.element.hidden = !this.#matches(row);
      if (!row.element.isConnected) this.#list.append(row.element);
    }
    this.#dirty.clear();
    while (this.#list.childElementCount > MOST) this.#list.firstElementChild?.remove();
    if (this.#follows) this.#list.scrollTop = this.#list.scrollHeight;
    this.#showFoot();
  }

  /** @param {Row} row */
  #fill(row) {
    const { event, kind } = row.first;
    const { at } = row.first;
    const count = row.events.length;
    const faults = this.order.faults.filter((fault) => row.events.some(({ index }) => index === fault.index));
    const arrow = kind === "sent" ? "↑" : "↓";
    const toggle = h("button", {
      type: "button", class: "event-head", "aria-expanded": String(row.isOpen),
      onclick: () => {
        row.isOpen = !row.isOpen;
        this.#fill(row);
        this.pick(at, event.item_id ?? event.item?.id ?? null);
      },
    },
    h("span", { class: "at" }, n(at / 1000, 3)),
    h("span", { class: `way ${kind}`, title: t(`inspector.${kind}`) }, arrow, h("span", { class: "unseen" }, t(`inspector.${kind}`))),
    h("span", { class: "type" }, shortType(event.type)),
    count > 1 && h("span", { class: "count" }, `×${count}`),
    h("span", { class: "summary" }, count > 1 ? row.run.summary : summary(event)));
    row.element.className = `event ${kind}${event.type === "error" ? " failed" : ""}${faults.length ? " faulty" : ""}`;
    row.element.dataset.type = event.type;
    fill(row.element, toggle,
      faults.map((fault) => h("p", { class: "fault" }, `⚠ ${t(fault.rule)}`, fault.detail ? ` (${fault.detail})` : "")),
      row.isOpen && this.#body(row));
  }

  /** @param {Row} row */
  #body(row) {
    const { event, kind } = row.first;
    const type = gaType(event.type);
    const side = kind === "sent" ? "client" : "server";
    const about = `about.${type}`;
    const shown = row.events.slice(0, 20);
    return h("div", { class: "event-body" },
      h("p", { class: "hint" }, isText(about) ? `${t(about)} ` : "",
        h("a", {
          href: `https://platform.openai.com/docs/api-reference/realtime-${side}-events/${type.replaceAll(".", "/")}`,
          target: "_blank", rel: "noreferrer",
        }, t("inspector.documentation"))),
      shown.map(({ entry }) => tree(entry.event, (id) => this.filterBy(id))),
      row.events.length > shown.length && h("p", { class: "hint" }, t("inspector.more", { count: row.events.length - shown.length })));
  }

  /** @param {Row} row */
  #matches(row) {
    if (this.#hideSound.checked && /audio\.delta$|append$/.test(row.first.event.type)) return false;
    const wanted = this.#filter.value.trim().toLowerCase();
    if (!wanted) return true;
    return row.events.some(({ entry: { event } }) => {
      const { audio, ...rest } = event;
      return JSON.stringify(event.type.endsWith("audio.delta") ? { ...rest, delta: "" } : rest).toLowerCase().includes(wanted);
    });
  }

  #refilter() {
    for (const row of this.#rows) row.element.hidden = !this.#matches(row);
  }

  #showFoot() {
    const count = new Set(this.order.faults.map((fault) => fault.index)).size;
    this.#faults.classList.toggle("failed", count > 0);
    fill(this.#faults, t(count === 1 ? "inspector.fault" : "inspector.faults", { count }));
    const { answers, input, output } = this.conversation.usage;
    const limits = this.conversation.limits.map(({ name, remaining, limit }) => t("inspector.limit", { name, remaining: n(remaining), limit: n(limit) }));
    fill(this.#usage, [answers ? t("inspector.usage", { answers, input: n(input), output: n(output) }) : "", ...limits].filter(Boolean).join(" · "));
  }
}

/**
 * A type without the prefixes that so many share.
 *
 * @param {string} type
 */
const shortType = (type) =>
  type
    .replace(/^conversation\.item\.input_audio_/, "…")
    .replace(/^conversation\./, "")
    .replace(/^input_audio_buffer\./, "…")
    .replace(/^response\.(?!created|done|create|cancel)/, "…");
