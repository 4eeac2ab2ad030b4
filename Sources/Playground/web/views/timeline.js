// Both sides on one clock: the loudness of what was said and of what was heard, where speech was detected, and where an
// answer was cut. Follows the present until one looks back.

import { BAR } from "../session/tracks.js";
import { t, n } from "../texts/texts.js";
import { h } from "./element.js";

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const VISIBLE = 10_000; // milliseconds
const LANE = 44;
const GUTTER = 66;

export class Timeline {
  #canvas = h("canvas", { tabIndex: 0, role: "img" });
  /** For those who can't see it: the latest turns in words. */
  #text = h("p", { class: "unseen", id: "timeline-text" });
  element = h("div", { class: "timeline" }, this.#canvas, this.#text);
  /**
   * The right edge in milliseconds; `null` follows the present.
   *
   * @type {number | null}
   */
  #edge = null;
  #frame = 0;
  #isMoving = false;

  /**
   * @param {{ log: import("../session/log.js").Log, tracks: import("../session/tracks.js").Tracks,
   *   replay: import("../session/replay.js").Replay, pick: (at: number) => void }} parts `pick` is told a moment that was clicked
   */
  constructor({ log, tracks, replay, pick }) {
    this.log = log;
    this.replay = replay;
    this.tracks = tracks;
    this.#canvas.setAttribute("aria-describedby", "timeline-text");
    this.#canvas.setAttribute("aria-label", t("timeline.label"));
    this.#drag(pick);
    new ResizeObserver(() => this.draw()).observe(this.#canvas);
    replay.addEventListener("change", () => this.draw());
  }

  /**
   * Whether the clock runs.
   *
   * @param {boolean} isMoving
   */
  set moving(isMoving) {
    if (this.#isMoving === isMoving) return;
    this.#isMoving = isMoving;
    this.draw();
  }

  /** Draws at the next frame, and then on while something moves; for who wants no motion, four times a second. */
  draw() {
    const wait = calm.matches ? (/** @type {() => void} */ paint) => setTimeout(paint, 250) : requestAnimationFrame;
    this.#frame ||= wait(() => {
      this.#frame = 0;
      const { position } = this.replay;
      if (position !== null) this.#edge = position + VISIBLE / 4;
      this.#paint();
      if (position !== null || (this.#isMoving && this.#edge === null)) this.draw();
    });
  }

  /**
   * Shows a moment.
   *
   * @param {number} at
   */
  show(at) {
    const end = this.#end;
    this.#edge = at > end - VISIBLE / 2 ? null : at + VISIBLE / 2;
    this.draw();
  }

  get #end() {
    return this.#isMoving ? this.log.now : (this.log.entries.at(-1)?.at ?? 0);
  }

  /** @param {(at: number) => void} pick */
  #drag(pick) {
    /** @type {{ x: number, edge: number, moved: boolean } | null} */
    let start = null;
    const scale = () => VISIBLE / Math.max(1, this.#canvas.clientWidth - GUTTER);
    const look = (/** @type {number} */ edge) => {
      this.#edge = edge >= this.#end ? null : Math.max(VISIBLE, edge);
      this.draw();
    };
    this.#canvas.addEventListener("pointerdown", (event) => {
      start = { x: event.clientX, edge: this.#edge ?? this.#end, moved: false };
      this.#canvas.setPointerCapture(event.pointerId);
    });
    this.#canvas.addEventListener("pointermove", (event) => {
      if (!start || Math.abs(event.clientX - start.x) < 4) return;
      start.moved = true;
      look(start.edge - (event.clientX - start.x) * scale());
    });
    this.#canvas.addEventListener("pointerup", (event) => {
      const from = (this.#edge ?? this.#end) - VISIBLE;
      if (start && !start.moved) pick(from + (event.offsetX - GUTTER) * scale());
      start = null;
    });
    this.#canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      look((this.#edge ?? this.#end) + (event.deltaX || event.deltaY) * scale());
    }, { passive: false });
    this.#canvas.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1000, ArrowRight: 1000, Home: -Infinity, End: Infinity }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      look((this.#edge ?? this.#end) + step);
    });
  }

  #paint() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const ratio = devicePixelRatio;
    if (this.#canvas.width !== Math.round(width * ratio) || this.#canvas.height !== Math.round(height * ratio)) {
      this.#canvas.width = Math.round(width * ratio);
      this.#canvas.height = Math.round(height * ratio);
    }
    const context = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext("2d"));
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const style = getComputedStyle(this.element);
    const color = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    const end = Math.max(this.#edge ?? this.#end, VISIBLE);
    const view = { from: end - VISIBLE, width: width - GUTTER, context, color };
    this.#paintClock(view, height);
    context.save();
    context.beginPath();
    context.rect(GUTTER, 0, width - GUTTER, height);
    context.clip();
    this.#paintSpeech(view);
    this.#paintLane(view, this.tracks.you, LANE / 2 + 4, color("--you"), true);
    this.#paintLane(view, this.tracks.answer, LANE * 1.5 + 12, color("--answer"), true);
    this.#paintLane(view, this.tracks.unheard, LANE * 1.5 + 12, color("--answer"), false);
    this.#paintCuts(view);
    this.#paintPosition(view, height);
    context.restore();
    this.#describe();
  }

  /** @typedef {{ from: number, width: number, context: CanvasRenderingContext2D, color: (name: string) => string }} View */

  /** @param {View} view @param {number} at @returns {number} */
  #x(view, at) {
    return GUTTER + ((at - view.from) / VISIBLE) * view.width;
  }

  /** @param {View} view @param {number} height */
  #paintClock(view, height) {
    const { context, color } = view;
    context.font = "12px system-ui, sans-serif";
    context.textBaseline = "middle";
    context.fillStyle = color("--you");
    context.fillText(t("speaker.you"), 0, LANE / 2 + 4);
    context.fillStyle = color("--answer");
    context.fillText(t("speaker.answer"), 0, LANE * 1.5 + 12);
    context.fillStyle = color("--quiet");
    context.strokeStyle = color("--line");
    for (let second = Math.ceil(view.from / 1000); second * 1000 < view.from + VISIBLE; second++) {
      const x = Math.round(this.#x(view, second * 1000)) + 0.5;
      context.beginPath();
      context.moveTo(x, 0);
      context.lineTo(x, height - 18);
      context.stroke();
      if (second % 2 === 0 && x > GUTTER + 10) context.fillText(`${n(second)} s`, x + 4, height - 8);
    }
  }

  /** @param {View} view */
  #paintSpeech(view) {
    view.context.fillStyle = view.color("--you-light");
    for (const { from, to } of this.tracks.speech) {
      const [left, right] = [this.#x(view, from), this.#x(view, to ?? this.#end)];
      view.context.fillRect(left, 4, Math.max(1, right - left), LANE);
    }
  }

  /**
   * @param {View} view
   * @param {import("../session/tracks.js").Track} track
   * @param {number} middle
   * @param {string} paint
   * @param {boolean} isFilled
   */
  #paintLane(view, track, middle, paint, isFilled) {
    const { context } = view;
    const step = 3; // pixels a bar, one of them left free
    const perBar = VISIBLE / view.width / BAR;
    context.fillStyle = context.strokeStyle = paint;
    context.globalAlpha = isFilled ? 1 : 0.55;
    // On a grid of the clock, so that bars move and don't flicker.
    const first = Math.floor(view.from / BAR / (perBar * step));
    for (let bar = first; ; bar++) {
      const index = Math.floor(bar * perBar * step);
      const x = this.#x(view, index * BAR);
      if (x > GUTTER + view.width) break;
      let peak = 0;
      for (let i = index; i < index + perBar * step; i++) peak = Math.max(peak, track.at(i));
      if (peak < 0.004) continue;
      const half = Math.max(1, Math.min(1, Math.sqrt(peak) * 1.1) * (LANE / 2 - 2));
      if (isFilled) context.fillRect(x, middle - half, step - 1, half * 2);
      else context.strokeRect(x + 0.5, middle - half, step - 2, half * 2);
    }
    context.globalAlpha = 1;
  }

  /** @param {View} view */
  #paintCuts(view) {
    const { context, color } = view;
    context.strokeStyle = context.fillStyle = color("--ink");
    for (const { at } of this.tracks.cuts) {
      const x = Math.round(this.#x(view, at)) + 0.5;
      if (x < GUTTER || x > GUTTER + view.width) continue;
      context.beginPath();
      context.moveTo(x, LANE + 10);
      context.lineTo(x, LANE * 2 + 10);
      context.stroke();
      context.fillText("✂", x - 6, LANE * 2 + 18);
    }
  }

  /** @param {View} view @param {number} height */
  #paintPosition(view, height) {
    const { position } = this.replay;
    if (position === null) return;
    view.context.fillStyle = view.color("--ink");
    view.context.fillRect(this.#x(view, position), 0, 2, height - 18);
  }

  #describe() {
    const { speech, cuts } = this.tracks;
    const last = speech.at(-1);
    const text = last
      ? t("timeline.text", {
        turns: speech.length, cuts: cuts.length, from: n(last.from / 1000, 1),
        to: last.to === null ? t("timeline.now") : `${n(last.to / 1000, 1)} s`,
      })
      : t("timeline.empty");
    if (this.#text.textContent !== text) this.#text.textContent = text;
  }
}
