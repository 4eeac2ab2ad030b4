// curl: a client secret that holds the settings. A WebSocket is beyond it.

import { jsonText, shellWord } from "./literals.js";
import { SIGN_IN, lines } from "./plan.js";

/** @typedef {import("./plan.js").Plan} Plan */

/** @param {Plan} plan @returns {string} the option that shows a credential, or nothing */
export const header = ({ target, key, signsIn }) =>
  signsIn ? '"Authorization: Bearer $TOKEN"'
    : key ? (target.service === "openai" ? `"Authorization: Bearer $${key}"` : `"api-key: $${key}"`) : "";

/** @param {Plan} plan @returns {string | false} */
export const signIn = ({ signsIn }) => signsIn && `TOKEN=$(${SIGN_IN})`;

/** @param {Plan} plan @returns {string} */
export function shell(plan) {
  const { target, root, url, isPreview } = plan;
  const { name, endpoint, apiVersion } = target;
  const { type, ...settings } = plan.session ?? {};
  const body = isPreview ? { model: name, ...settings } : { session: { type: "realtime", model: name, ...settings } };
  const version = encodeURIComponent(apiVersion || "2025-04-01-preview");
  const address = isPreview ? `${root}/realtimeapi/sessions?api-version=${version}` : `${root}/realtime/client_secrets`;
  const shown = header(plan);
  return lines(
    "# Makes a secret that holds these settings, and is soon worth nothing. Give it to a browser or an app, which then",
    "# never sees your key: it connects with the header `Authorization: Bearer ek_…` to",
    `# ${url.replace(/[\r\n]/g, " ")}`,
    signIn(plan),
    `curl --silent --show-error --fail-with-body ${shellWord(address)} \\`,
    shown !== "" && `  --header ${shown} \\`,
    "  --header 'Content-Type: application/json' \\",
    `  --data ${shellWord(jsonText(body))}`,
  );
}
