// Whom to talk to: this server or any other, in the style of OpenAI or of Azure.

import { t } from "../texts/texts.js";
import { h } from "./element.js";

/** @typedef {import("../realtime.js").Target} Target */
/** @typedef {Target & { credential: "none" | "key" | "token", remember: boolean }} Connection */

const services = /** @type {const} */ (["openai", "azure", "azure-preview"]);
const versions = ["2025-04-01-preview", "2024-12-17", "2024-10-01-preview"];

/** @returns {Connection} to the server of this page */
export const here = () => ({
  service: "openai", endpoint: location.origin, name: "gpt-realtime", apiVersion: versions[0], key: "", token: "", credential: "none",
  remember: false,
});

/** @param {Connection} connection @returns {Target} with what is secret only where it is meant to be used */
export function target({ service, endpoint, name, apiVersion, credential, key, token }) {
  return {
    service, endpoint, name, apiVersion,
    ...(credential === "key" && key ? { key } : {}), ...(credential === "token" && token ? { token } : {}),
  };
}

/**
 * @param {Connection} connection changed in place
 * @param {() => void} changed
 * @returns {HTMLElement}
 */
export function connectionView(connection, changed) {
  const row = (/** @type {string} */ id, /** @type {HTMLInputElement | HTMLSelectElement} */ input, /** @type {string} */ hint = "") => {
    input.id = `connection-${id}`;
    if (hint) input.setAttribute("aria-describedby", `connection-hint-${id}`);
    return h("div", { class: "field" }, h("label", { htmlFor: input.id }, t(`connection.${id}`)), input,
      hint && h("p", { class: "hint", id: `connection-hint-${id}` }, hint));
  };
  const choice = (/** @type {readonly string[]} */ values, /** @type {string} */ value, /** @type {string} */ key, /** @type {(value: any) => void} */ take) => {
    const select = h("select", { onchange: () => (take(select.value), show(), changed()) },
      values.map((option) => h("option", { value: option, textContent: key ? t(`${key}.${option}`) : option, selected: option === value })));
    return select;
  };
  const text = (/** @type {"endpoint" | "name" | "key" | "token"} */ id, /** @type {string} */ type) => {
    const input = h("input", {
      type, value: connection[id] ?? "", autocomplete: "off", spellcheck: false,
      onchange: () => {
        connection[id] = input.value.trim() || (id === "endpoint" ? location.origin : "");
        if (id === "endpoint") input.value = connection.endpoint = plain(connection.endpoint);
        changed();
      },
    });
    return input;
  };
  const version = row("version", choice(versions, connection.apiVersion ?? versions[0], "", (value) => (connection.apiVersion = value)));
  const name = row("name", text("name", "text"));
  const key = row("key", text("key", "password"));
  const token = row("token", text("token", "password"));
  const remember = h("input", {
    type: "checkbox", id: "connection-remember", checked: connection.remember, onchange: () => ((connection.remember = remember.checked), changed()),
  });
  const keep = h("div", { class: "field check" }, remember, h("label", { htmlFor: "connection-remember" }, t("connection.remember")));
  const endpoint = text("endpoint", "url");
  const element = h("div", { class: "fields" },
    row("service", choice(services, connection.service, "connection.service", (value) => (connection.service = value))),
    row("endpoint", endpoint), name, version,
    row("credential", choice(["none", "key", "token"], connection.credential, "connection.credential", (value) => (connection.credential = value))),
    key, token, keep,
    h("button", {
      type: "button", class: "plain", onclick: () => {
        Object.assign(connection, here(), { name: connection.name });
        changed();
        element.replaceWith(connectionView(connection, changed));
      },
    }, t("connection.reset")));
  function show() {
    version.hidden = connection.service !== "azure-preview";
    key.hidden = connection.credential !== "key";
    token.hidden = connection.credential !== "token";
    keep.hidden = connection.credential === "none";
  }
  show();
  return element;
}

/**
 * An address without what follows its origin, and with a scheme.
 *
 * @param {string} endpoint
 */
function plain(endpoint) {
  const whole = /^[a-z]+:\/\//i.test(endpoint) ? endpoint : `https://${endpoint}`;
  return whole.replace(/^ws/, "http").replace(/\/+$/, "");
}
