// All that happened, in order. The script, the time line, the inspector, the waterfall, the faults and the export are
// nothing but readings of it, so a session that was saved can be looked at again just as it was.

/** @typedef {import("../realtime.js").RealtimeEvent} RealtimeEvent */

/**
 * An entry. `at` are milliseconds since the log began.
 *
 * - `sent`, `received`: an event of the protocol.
 * - `played`: so much of an item's sound was heard (`ms`).
 * - `cut`: its playback was cut there; `unheard` milliseconds that had come were not played.
 * - `timing`: the server's own times of an answer, as `GET /admin/turns` tells them.
 * - `note`: what happened beside the protocol, by a key of the texts, like `note.started`.
 *
 * @typedef {{ at: number, kind: "sent" | "received", event: RealtimeEvent }} EventEntry
 * @typedef {{ at: number, kind: "played", item: string, ms: number }} PlayedEntry
 * @typedef {{ at: number, kind: "cut", item: string, ms: number, unheard: number }} CutEntry
 * @typedef {{ at: number, kind: "timing", timing: Timing }} TimingEntry
 * @typedef {{ at: number, kind: "note", note: string, values?: Record<string, string | number> }} NoteEntry
 * @typedef {EventEntry | PlayedEntry | CutEntry | TimingEntry | NoteEntry} Entry
 */

/**
 * @typedef {object} Timing in Unix milliseconds, but for the steps, which count from `started_at`; docs/latency.md
 * @property {string} response_id
 * @property {string} [item_id]
 * @property {number} started_at
 * @property {number} [turn_ended]
 * @property {number} [understood]
 * @property {number} [begun]
 * @property {number} [first_word]
 * @property {number} [first_clause]
 * @property {number} [first_sound]
 * @property {number} [first_sent]
 * @property {number} [ended]
 * @property {boolean} was_prepared
 * @property {string} status
 */

/** @template T @typedef {T extends any ? Omit<T, "at"> : never} WithoutTime */

export class Log {
  /** @type {Entry[]} */ entries = [];
  /** When it began, in Unix milliseconds. */
  startedAt = Date.now();
  #origin = performance.now();
  /** @type {Set<(entry: Entry, index: number) => void>} */ #readers = new Set();
  /** @type {Set<() => void>} */ #restarts = new Set();

  /** Milliseconds since it began. */
  get now() {
    return performance.now() - this.#origin;
  }

  /**
   * Appends what happens now.
   *
   * @param {WithoutTime<Entry>} entry
   */
  add(entry) {
    this.#append(/** @type {Entry} */ ({ at: Math.round(this.now * 10) / 10, ...entry }));
  }

  /** @param {Entry} entry */
  #append(entry) {
    this.entries.push(entry);
    for (const reader of this.#readers) reader(entry, this.entries.length - 1);
  }

  /**
   * Begins anew, empty, or with the entries of another time.
   *
   * @param {Entry[]} [entries]
   * @param {number} [startedAt] Unix milliseconds
   */
  restart(entries = [], startedAt = Date.now()) {
    this.entries = [];
    this.startedAt = startedAt;
    this.#origin = performance.now() - (entries.at(-1)?.at ?? 0);
    for (const restart of this.#restarts) restart();
    for (const entry of entries) this.#append(entry);
  }

  /**
   * Is told of each entry from now on, and when the log begins anew.
   *
   * @param {(entry: Entry, index: number) => void} reader
   * @param {() => void} [restart]
   */
  read(reader, restart) {
    this.#readers.add(reader);
    if (restart) this.#restarts.add(restart);
  }
}
