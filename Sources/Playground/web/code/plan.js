// What every one of the programs does, before it is put into words of a language.

/**
 * Whom a program talks to.
 *
 * @typedef {object} Target
 * @property {"openai" | "azure" | "azure-preview"} service the style of its address and what it speaks
 * @property {string} endpoint an address of HTTP
 * @property {string} name the model, or on Azure the deployment
 * @property {string} [apiVersion] of the preview
 * @property {"none" | "key" | "token"} credential what it wants to be shown
 */

/**
 * What goes into `session.update`, in the target's dialect.
 *
 * @typedef {Record<string, unknown>} Session
 */

/**
 * @typedef {object} Plan
 * @property {Target} target its endpoint without the API's path
 * @property {boolean} isPreview
 * @property {string} root of the API, for HTTP
 * @property {string} url of the WebSocket
 * @property {string | null} key the variable of the environment that holds it
 * @property {boolean} signsIn whether a token is asked for
 * @property {Session | null} session what is to be set, if anything is
 * @property {object} message the item that asks
 * @property {string} words the event that brings words
 * @property {string | null} audio the event that brings audio, if any is wanted
 * @property {Sound} sound of the answer
 * @property {string[]} functions that the model may call
 * @property {object | null} afterCall the response's parameters once a function has answered, if it needs any
 */

/**
 * How an answer is kept as it comes, and what plays it.
 *
 * @typedef {{ isPCM: boolean, file: string, player: string }} Sound
 */

/** Whom a token is for. */
export const SCOPE = "https://cognitiveservices.azure.com/.default";

/** What prints a token of whoever is signed in with the Azure CLI. */
export const SIGN_IN =
  "az account get-access-token --resource https://cognitiveservices.azure.com --query accessToken -o tsv";

/**
 * @param {Target} target
 * @param {Session} session
 * @param {string} question
 * @returns {Plan}
 */
export function plan(target, session, question) {
  const { service, name, credential } = target;
  const isPreview = service === "azure-preview";
  const path = { openai: "/v1", azure: "/openai/v1", "azure-preview": "/openai" }[service];
  const given = target.endpoint.replace(/\/+$/, "");
  const endpoint = given.endsWith(path) ? given.slice(0, -path.length) : given;
  const root = endpoint + path;
  const version = encodeURIComponent(target.apiVersion || "2025-04-01-preview");
  const query = isPreview ? `api-version=${version}&deployment=` : "model=";
  const isText = isTextOnly(session);
  const signsIn = credential === "token" && service !== "openai";
  const isForced = ![undefined, "auto", "none"].includes(/** @type {any} */ (session.tool_choice));
  const output = isPreview ? "" : "output_";
  return {
    target: { ...target, endpoint }, isPreview, root,
    url: `${root.replace(/^http/, "ws")}/realtime?${query}${encodeURIComponent(name)}`,
    // OpenAI's way to show a token is that of a key.
    key: credential === "none" || signsIn ? null : service === "openai" ? "OPENAI_API_KEY" : "AZURE_OPENAI_API_KEY",
    signsIn,
    session: Object.keys(session).some((member) => member !== "type") ? session : null,
    message: { type: "message", role: "user", content: [{ type: "input_text", text: question }] },
    words: `response.${output}${isText ? "text" : "audio_transcript"}.delta`,
    audio: isText ? null : `response.${output}audio.delta`,
    sound: soundOf(session),
    functions: functionsOf(session),
    // Else a model that must call a function would call one for ever.
    afterCall: isForced ? { tool_choice: "auto" } : null,
  };
}

/** @param {Session} session */
function isTextOnly(session) {
  const modalities = session.output_modalities ?? session.modalities;
  return Array.isArray(modalities) && !modalities.includes("audio");
}

/** @param {Session} session @returns {Sound} */
function soundOf(session) {
  const { audio, output_audio_format: name } = /** @type {any} */ (session);
  const type = audio?.output?.format?.type ?? name ?? "pcm16";
  const [format, rate] = ["audio/pcmu", "g711_ulaw"].includes(type) ? ["mulaw", 8000]
    : ["audio/pcma", "g711_alaw"].includes(type) ? ["alaw", 8000] : ["s16le", 24000];
  const file = `answer.${format === "s16le" ? "pcm" : format}`;
  return { isPCM: format === "s16le", file, player: `ffplay -f ${format} -sample_rate ${rate} ${file}` };
}

/** @param {Session} session @returns {string[]} */
function functionsOf({ tools }) {
  if (!Array.isArray(tools)) return [];
  return [...new Set(tools.filter(({ type }) => type === "function").map(({ name }) => String(name)))];
}

/**
 * A program of lines.
 *
 * @param {...unknown} parts lines, and lists of them at any depth; an empty line is `""`. All else is left out, so that a
 *   line can stand behind its condition
 * @returns {string} with a line's end at its end
 */
export const lines = (...parts) =>
  parts.flat(/** @type {1} */ (Infinity)).filter((part) => typeof part === "string").join("\n") + "\n";
