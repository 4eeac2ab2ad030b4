// The functions that the model may call: name, description, a schema that is checked while one types, and how a call is
// answered: by hand, in the script, or always alike.

import { t } from "../texts/texts.js";
import { h, fill } from "./element.js";

/** @typedef {import("../session/settings.js").Tool} Tool */

const example = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };

/**
 * What is wrong with a schema.
 *
 * @param {string} text
 * @returns {{ schema: object } | { fault: string, values: Record<string, string> }} a key of the texts
 */
export function checkSchema(text) {
  let schema;
  try {
    schema = JSON.parse(text);
  } catch (error) {
    return { fault: "tools.notJSON", values: { reason: /** @type {Error} */ (error).message } };
  }
  if (schema?.type !== "object") return { fault: "tools.notObject", values: {} };
  const fault = faultIn(schema, "");
  return fault ?? { schema };
}

const types = new Set(["object", "array", "string", "number", "integer", "boolean", "null"]);

/** @param {any} schema @param {string} path @returns {{ fault: string, values: Record<string, string> } | null} */
function faultIn(schema, path) {
  const at = path || "#";
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return { fault: "tools.notSchema", values: { path: at } };
  for (const type of [schema.type ?? []].flat()) if (!types.has(type)) return { fault: "tools.noType", values: { path: at, type: String(type) } };
  for (const name of schema.required ?? []) {
    if (!schema.properties?.[name]) return { fault: "tools.noProperty", values: { path: at, name: String(name) } };
  }
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    const fault = faultIn(inner, `${path}/${name}`);
    if (fault) return fault;
  }
  return schema.items ? faultIn(schema.items, `${path}/items`) : null;
}

/**
 * @param {import("../session/settings.js").Settings} settings
 * @returns {HTMLElement}
 */
export function toolsView(settings) {
  const list = h("div", { class: "tools" });
  const tools = settings.tools.map((tool) => ({ ...tool }));
  const commit = () => settings.setTools(tools.filter((tool) => tool.name));
  const render = () => fill(list, tools.map((tool, index) => toolView(tool, index, commit, () => {
    tools.splice(index, 1);
    commit();
    render();
  })));
  render();
  return h("div", { class: "fields" }, h("p", { class: "hint" }, t("tools.about")), list,
    h("button", {
      type: "button", class: "plain", id: "add-tool", onclick: () => {
        const number = tools.length ? tools.length + 1 : "";
        tools.push({ name: `get_weather${number}`, description: "Tells the weather in a city", parameters: example, reply: '{"weather": "sunny", "celsius": 21}' });
        commit();
        render();
        list.querySelector("details:last-of-type")?.setAttribute("open", "");
      },
    }, t("tools.add")));
}

/** @param {Tool} tool changed in place @param {number} index @param {() => void} commit @param {() => void} remove */
function toolView(tool, index, commit, remove) {
  const id = (/** @type {string} */ part) => `tool-${index}-${part}`;
  const summary = h("summary", {}, tool.name);
  const fault = h("p", { class: "failure", id: id("fault"), role: "alert" });
  const replyFault = h("p", { class: "failure", id: id("reply-fault"), role: "alert" });
  const name = h("input", {
    id: id("name"), value: tool.name, pattern: "[a-zA-Z0-9_\\-]{1,64}", required: true,
    onchange: () => {
      if (!name.reportValidity()) return;
      tool.name = summary.textContent = name.value;
      commit();
    },
  });
  const description = h("input", { id: id("description"), value: tool.description, onchange: () => ((tool.description = description.value), commit()) });
  const schema = h("textarea", {
    id: id("schema"), rows: 8, class: "code", spellcheck: false, value: JSON.stringify(tool.parameters, null, 2), "aria-describedby": id("fault"),
    oninput: () => {
      const checked = checkSchema(schema.value);
      fill(fault, "fault" in checked ? t(checked.fault, checked.values) : "");
      schema.setAttribute("aria-invalid", String("fault" in checked));
    },
    onchange: () => {
      const checked = checkSchema(schema.value);
      if ("schema" in checked) (tool.parameters = checked.schema), commit();
    },
  });
  const reply = h("textarea", {
    id: id("reply"), rows: 2, class: "code", spellcheck: false, value: tool.reply ?? "", "aria-describedby": id("reply-fault"),
    onchange: () => {
      try {
        JSON.parse(reply.value);
        fill(replyFault);
        tool.reply = reply.value;
        commit();
      } catch (error) {
        fill(replyFault, t("tools.notJSON", { reason: /** @type {Error} */ (error).message }));
      }
    },
  });
  const how = h("select", {
    id: id("how"), onchange: () => {
      tool.reply = how.value === "hand" ? null : reply.value || "{}";
      reply.value = tool.reply ?? "";
      replyRow.hidden = tool.reply === null;
      commit();
    },
  }, ["fixed", "hand"].map((value) => h("option", { value, textContent: t(`tools.reply.${value}`), selected: (value === "hand") === (tool.reply === null) })));
  const row = (/** @type {string} */ part, /** @type {HTMLElement[]} */ ...inner) =>
    h("div", { class: "field" }, h("label", { htmlFor: id(part) }, t(`tools.${part}`)), ...inner);
  const replyRow = row("reply", reply, replyFault);
  replyRow.hidden = tool.reply === null;
  return h("details", { class: "tool" }, summary,
    row("name", name), row("description", description), row("schema", schema, fault), row("how", how), replyRow,
    h("button", { type: "button", class: "plain", onclick: remove }, t("tools.remove")));
}
