// A thin client of the Realtime API for browsers: this server, OpenAI and Azure OpenAI, in both dialects.
//
//   import { Realtime } from "http://127.0.0.1:8080/realtime.js";
//
//   const realtime = await Realtime.connect({ service: "openai", endpoint: "http://127.0.0.1:8080", name: "gpt-realtime" });
//   realtime.send({ type: "response.create" });
//   for await (const event of realtime) {
//     if (event.type === "response.output_audio_transcript.delta") console.log(event.delta);
//     if (event.type === "response.done") break;
//   }
//
// It depends on nothing and knows nothing of sound.

/**
 * What to talk to.
 *
 * @typedef {object} Target
 * @property {"openai" | "azure" | "azure-preview"} service the style of its address: `/v1/realtime?model=`,
 *   `/openai/v1/realtime?model=` or `/openai/realtime?api-version=…&deployment=`. The last one speaks the preview's dialect.
 * @property {string} endpoint an `http:` or `https:` address; of Azure the resource's.
 * @property {string} name the model, or on Azure the deployment.
 * @property {string} [apiVersion] of the preview; `2025-04-01-preview` unless told otherwise.
 * @property {string} [key] an API key or a client secret.
 * @property {string} [token] of Microsoft Entra or another issuer, instead of a key.
 */

/** @typedef {{ type: string, event_id?: string, [field: string]: any }} RealtimeEvent */

/** @typedef {"unreachable" | "key" | "name" | "origin" | "full" | "loading" | "engines" | "refused" | "lost"} FailureCode */

/** Why there is no connection, or why there is one no more. */
export class ConnectionError extends Error {
  /**
   * @param {FailureCode} code what it is
   * @param {string} message in the server's own words where it had any
   * @param {{ retryAfter?: number }} [more] after how many seconds to try again
   */
  constructor(code, message, more = {}) {
    super(message);
    this.name = "ConnectionError";
    this.code = code;
    this.retryAfter = more.retryAfter;
  }
}

/** @param {Target} target */
export const isPreview = (target) => target.service === "azure-preview";

/**
 * Its address for HTTP, without what is secret.
 *
 * @param {Target} target
 * @param {string} path below the API's root: `realtime`, `models` …
 * @returns {URL}
 * @throws {TypeError} if the endpoint is no address
 */
export function apiURL(target, path) {
  const root = { openai: "v1", azure: "openai/v1", "azure-preview": "openai" }[target.service];
  const endpoint = new URL(target.endpoint);
  const base = endpoint.pathname.replace(/\/+$/, "").replace(new RegExp(`/${root}$`), "");
  const url = new URL(`${base}/${root}/${path}`, endpoint);
  if (isPreview(target)) url.searchParams.set("api-version", target.apiVersion || "2025-04-01-preview");
  return url;
}

/**
 * The address of its WebSocket. A browser's WebSocket takes no headers, so to Azure what is secret goes along in the query.
 *
 * @param {Target} target
 * @returns {URL}
 */
export function socketURL(target) {
  const url = apiURL(target, "realtime");
  url.protocol = url.protocol.replace("http", "ws");
  url.searchParams.set(isPreview(target) ? "deployment" : "model", target.name);
  if (target.service !== "openai") {
    if (target.token) url.searchParams.set("Authorization", `Bearer ${target.token}`);
    else if (target.key) url.searchParams.set("api-key", target.key);
  }
  return url;
}

/** @param {Target} target @returns {string[]} */
function subprotocols(target) {
  const secret = target.token || target.key;
  const asProtocol = target.service === "openai" && secret;
  return ["realtime", ...(asProtocol ? [`openai-insecure-api-key.${secret}`] : [])];
}

/**
 * The header fields that carry what is secret over HTTP.
 *
 * @param {Target} target
 * @returns {Record<string, string>}
 */
export function credentialFields(target) {
  if (target.token) return { Authorization: `Bearer ${target.token}` };
  if (!target.key) return {};
  return target.service === "openai" ? { Authorization: `Bearer ${target.key}` } : { "api-key": target.key };
}

/**
 * Fetches JSON from beside the WebSocket.
 *
 * @param {Target} target
 * @param {URL | string} url
 * @param {RequestInit} [options]
 * @returns {Promise<any>} the parsed body; `null` if there is none
 * @throws {ConnectionError}
 */
export async function request(target, url, options = {}) {
  let response;
  try {
    response = await fetch(url, { ...options, headers: { ...credentialFields(target), ...options.headers } });
  } catch {
    throw new ConnectionError("unreachable", `${new URL(url).origin} does not answer.`);
  }
  const text = await response.text();
  let body = null;
  try {
    body = text ? JSON.parse(text) : null;
  } catch {
    // Some proxy's page; the status says enough.
  }
  if (response.ok) return body;
  /** @type {Record<number, FailureCode>} */
  const codes = { 401: "key", 403: body?.error?.code === "origin_not_allowed" ? "origin" : "key", 404: "name", 429: "full" };
  const seconds = Number(response.headers.get("retry-after")) || undefined;
  const message = body?.error?.message ?? body?.message ?? `The server answered ${response.status}.`;
  throw new ConnectionError(
    codes[response.status] ?? (response.status === 503 ? "loading" : "refused"), message, { retryAfter: seconds });
}

/**
 * Why a WebSocket could not be opened. Browsers don't tell, so the server is asked over HTTP.
 *
 * @param {Target} target
 * @returns {Promise<ConnectionError>}
 */
async function reason(target) {
  const name = encodeURIComponent(target.name);
  try {
    await request(target, apiURL(target, `models/${name}`));
    await request(target, new URL("/readyz", target.endpoint));
  } catch (error) {
    if (error instanceof ConnectionError) return error;
  }
  // A server of this kind knows more of its deployments.
  const deployment = await request(target, new URL(`/accounts/vivavoce/deployments/${name}`, target.endpoint)).catch(() => null);
  const { provisioningState: state, provisioningError: why } = deployment?.properties ?? {};
  if (why) return new ConnectionError(state === "Failed" ? "engines" : "loading", why);
  return new ConnectionError("refused", "The server did not open a session.");
}

/**
 * What a server means that opens the connection only to say no.
 *
 * @param {any} error of its `error` event
 * @param {number} closeCode
 * @returns {FailureCode}
 */
function refusalCode(error, closeCode) {
  /** @type {Record<string, FailureCode>} */
  const codes = {
    invalid_api_key: "key", insufficient_permissions: "key", invalid_model: "name", model_not_found: "name", not_ready: "loading",
    no_engines: "engines", rate_limit_exceeded: "full",
  };
  return codes[error?.code] ?? (closeCode === 3000 ? "key" : closeCode === 1013 ? "full" : "refused");
}

/**
 * A connection. It is an `EventTarget` with two events: `event`, whose `detail` is what the server sent, and `close`, whose
 * `detail` is a {@link ConnectionError} or `null` if this side closed it. It can also be iterated over, once.
 */
export class Realtime extends EventTarget {
  /** @type {WebSocket} */ #socket;
  #count = 0;
  #isClosing = false;
  /** Whether there is a session. */
  #hasBegun = false;
  /** @type {any} */ #complaint = null;
  /**
   * What came before anybody listened.
   *
   * @type {RealtimeEvent[] | null}
   */
  #early = [];
  /** @type {(failure: ConnectionError | null) => void} */ #settle = () => {};

  /**
   * @param {Target} target
   * @param {{ signal?: AbortSignal }} [options] gives up when it is aborted
   * @returns {Promise<Realtime>} a connection on which a session has begun; who listens at once misses no event
   * @throws {ConnectionError}
   */
  static async connect(target, options = {}) {
    const { signal } = options;
    const socket = new WebSocket(socketURL(target), subprotocols(target));
    /** @type {boolean} */
    const isOpen = await new Promise((resolve) => {
      socket.addEventListener("open", () => resolve(true), { once: true });
      socket.addEventListener("error", () => resolve(false), { once: true });
      signal?.addEventListener("abort", () => (socket.close(), resolve(false)), { once: true });
    });
    signal?.throwIfAborted();
    if (!isOpen) throw await reason(target);
    const realtime = new Realtime(socket);
    signal?.addEventListener("abort", () => realtime.#hasBegun || realtime.close(), { once: true });
    /** @type {ConnectionError | null} */
    const failure = await new Promise((resolve) => (realtime.#settle = resolve));
    signal?.throwIfAborted();
    if (failure) throw failure;
    return realtime;
  }

  /** @param {WebSocket} socket an open one */
  constructor(socket) {
    super();
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#receive(String(data)));
    socket.addEventListener("close", (closed) => this.#close(closed), { once: true });
  }

  /**
   * @param {string} type
   * @param {any} listener
   * @param {boolean | AddEventListenerOptions} [options]
   */
  addEventListener(type, listener, options) {
    super.addEventListener(type, listener, options);
    const early = this.#early;
    if (type !== "event" || !early) return;
    this.#early = null;
    queueMicrotask(() => early.forEach((event) => this.#tell(event)));
  }

  /** How many bytes wait to be sent. */
  get bufferedAmount() {
    return this.#socket.bufferedAmount;
  }

  get isOpen() {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /**
   * Sends an event. One without an `event_id` is given one, but for sound, of which there is much.
   *
   * @param {RealtimeEvent} event
   * @returns {RealtimeEvent} what was sent
   */
  send(event) {
    const isSound = event.type === "input_audio_buffer.append";
    const whole = event.event_id || isSound ? event : { event_id: `event_${++this.#count}`, ...event };
    if (this.isOpen) this.#socket.send(JSON.stringify(whole));
    return whole;
  }

  close() {
    this.#isClosing = true;
    this.#socket.close(1000);
  }

  /** @returns {AsyncGenerator<RealtimeEvent, void, void>} the server's events; ends when the connection does */
  async *[Symbol.asyncIterator]() {
    /** @type {RealtimeEvent[]} */
    const waiting = [];
    let wake = () => {};
    let failure = /** @type {ConnectionError | null | undefined} */ (undefined);
    const take = (/** @type {any} */ { detail }) => (waiting.push(detail), wake());
    const end = (/** @type {any} */ { detail }) => ((failure = detail), wake());
    this.addEventListener("event", take);
    this.addEventListener("close", end);
    try {
      for (;;) {
        while (waiting.length) yield /** @type {RealtimeEvent} */ (waiting.shift());
        if (failure) throw failure;
        if (failure === null || this.#socket.readyState === WebSocket.CLOSED) return;
        await new Promise((resolve) => (wake = () => resolve(undefined)));
      }
    } finally {
      this.removeEventListener("event", take);
      this.removeEventListener("close", end);
    }
  }

  /** @param {string} text */
  #receive(text) {
    let event;
    try {
      event = JSON.parse(text);
    } catch {
      event = { type: "error", error: { type: "client_error", code: "not_json", message: `Not JSON: ${text.slice(0, 200)}` } };
    }
    if (event.type === "error") this.#complaint = event.error;
    else if (!this.#hasBegun) {
      this.#hasBegun = true;
      this.#settle(null);
    }
    if (this.#early) this.#early.push(event);
    else this.#tell(event);
  }

  /** @param {RealtimeEvent} event */
  #tell(event) {
    this.dispatchEvent(new CustomEvent("event", { detail: event }));
  }

  /** @param {CloseEvent} closed */
  #close({ code, reason }) {
    // What the server complained of before it closed says more than its code.
    const said = this.#complaint?.message || reason || `The connection was closed (${code}).`;
    const kind = this.#hasBegun ? (code === 1013 ? "full" : "lost") : refusalCode(this.#complaint, code);
    const detail = this.#isClosing ? null : new ConnectionError(kind, said);
    this.#settle(detail ?? new ConnectionError("lost", said));
    this.dispatchEvent(new CustomEvent("close", { detail }));
  }
}
