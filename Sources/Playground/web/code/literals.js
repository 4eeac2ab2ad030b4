// JSON as the literals of each language, and text that is safe between its quotes.

/** Where a line is broken. */
export const WIDTH = 96;

/**
 * How a language writes values. All of them write numbers alike.
 *
 * @typedef {object} Syntax
 * @property {[no: string, yes: string]} booleans
 * @property {string} nothing `null`
 * @property {[open: string, close: string, empty: string]} object
 * @property {string} indent of one level
 * @property {string} [padding] within the braces of an object on one line
 * @property {string} last what follows the last member where each has its own line
 * @property {(text: string) => string} string
 * @property {(name: string) => string} key
 * @property {(text: string, indent: string) => string} [long] a string that is too long for its line; its first line
 *   follows the member's name
 */

// What cannot be seen, or turns the direction of what is next to it, is written by its number: what a program says
// should be what it looks like. The joiner of emoji is let be.
const unseen = /(?!\u200d)[\p{C}\p{Zl}\p{Zp}]/gu;

/** @param {string} text @param {(code: number, character: string) => string} write */
const reveal = (text, write) =>
  text.replace(unseen, (character) => write(/** @type {number} */ (character.codePointAt(0)), character));

/** @param {number} code @param {number} width */
const hex = (code, width) => code.toString(16).padStart(width, "0");

/** @type {Record<string, string>} */
const short = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * Between double quotes.
 *
 * @param {string} text
 * @param {(code: number, character: string) => string} write what cannot be seen
 */
const quoted = (text, write) =>
  `"${reveal(text.replace(/["\\]/g, "\\$&"), (code, character) => short[character] ?? write(code, character))}"`;

/** @param {string} text @returns {string} for Python */
export const pythonString = (text) =>
  quoted(text, (code) => (code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`));

// JSON counts halves of pairs.
/** @param {number} _ @param {string} character */
const jsonEscape = (_, character) => character.split("").map((half) => `\\u${hex(half.charCodeAt(0), 4)}`).join("");

/** @param {string} text @returns {string} for JSON, which JavaScript reads too */
export const jsonString = (text) => quoted(text, jsonEscape);

// Swift's strings have no halves of pairs.
/** @param {number} code */
const swiftCharacter = (code) => `\\u{${(code >= 0xd800 && code < 0xe000 ? 0xfffd : code).toString(16)}}`;

/** @param {string} text @returns {string} for Swift */
export const swiftString = (text) => quoted(text, swiftCharacter);

/**
 * Text in pieces of about a line, each of which ends with a line's end or after a space.
 *
 * @param {string} text
 * @param {number} width
 * @returns {string[]}
 */
export function pieces(text, width) {
  /** @type {string[]} */
  const found = [];
  for (const line of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    let piece = "";
    for (const word of line.match(/[^ ]* +|[^ ]+$/g) ?? [line]) {
      if (piece && piece.length + word.trimEnd().length > width) {
        found.push(piece);
        piece = "";
      }
      piece += word;
    }
    found.push(piece);
  }
  return found;
}

/** @param {string} indent how much is left of a line, at least so much that words fit */
const room = (indent) => Math.max(40, WIDTH - indent.length);

/** @type {Syntax} */
const python = {
  booleans: ["False", "True"], nothing: "None", object: ["{", "}", "{}"], indent: "    ", last: ",",
  string: pythonString, key: (name) => `${pythonString(name)}: `,
  long: (text, indent) => {
    const inner = `${indent}    `;
    return ["(", ...pieces(text, room(inner)).map((piece) => inner + pythonString(piece)), `${indent})`].join("\n");
  },
};

/** @type {Syntax} */
const javascript = {
  booleans: ["false", "true"], nothing: "null", object: ["{", "}", "{}"], indent: "  ", padding: " ", last: ",",
  string: jsonString,
  key: (name) => {
    // As a plain name, it would be no member.
    if (name === "__proto__") return '["__proto__"]: ';
    return `${/^[A-Za-z_$][\w$]*$/.test(name) ? name : jsonString(name)}: `;
  },
  long: (text, indent) => pieces(text, room(indent) - 6).map(jsonString).join(` +\n${indent}  `),
};

/** @type {Syntax} */
const swift = {
  booleans: ["false", "true"], nothing: "nil", object: ["[", "]", "[:]"], indent: "    ", last: ",",
  string: swiftString, key: (name) => `${swiftString(name)}: `,
  long: (text, indent) => {
    const inner = `${indent}    `;
    const lines = pieces(text, room(inner));
    const written = lines.map((piece, index) => {
      // Three quotes in a row would end it.
      const safe = reveal(piece.replace(/\n$/, "").replace(/\\/g, "\\\\").replace(/""/g, '"\\"'),
        (code, character) => short[character] ?? swiftCharacter(code));
      return (safe && inner + safe) + (piece.endsWith("\n") || index === lines.length - 1 ? "" : "\\");
    });
    if (text.endsWith("\n")) written.push("");
    return ['"""', ...written, `${inner}"""`].join("\n");
  },
};

/** @type {Syntax} */
const json = {
  booleans: ["false", "true"], nothing: "null", object: ["{", "}", "{}"], indent: "  ", last: "",
  string: jsonString, key: (name) => `${jsonString(name)}: `,
};

/**
 * @param {unknown} value
 * @param {Syntax} syntax
 * @param {string} indent of the line it begins in
 * @param {number} taken of that line
 * @returns {string}
 */
function write(value, syntax, indent, taken) {
  const flat = onOneLine(value, syntax);
  if (indent.length + taken + flat.length <= WIDTH && !(syntax.long && hasLines(value))) return flat;
  if (typeof value === "string") return syntax.long && value.length > 1 ? syntax.long(value, indent) : flat;
  if (typeof value !== "object" || value === null) return flat;
  const inner = indent + syntax.indent;
  const [open, close] = Array.isArray(value) ? ["[", "]"] : syntax.object;
  /** @type {string[]} */
  const members = membersOf(value).map(([name, member]) => {
    const key = name === null ? "" : syntax.key(name);
    return inner + key + write(member, syntax, inner, key.length + 1);
  });
  return members.length ? `${open}\n${members.join(",\n")}${syntax.last}\n${indent}${close}` : flat;
}

/** @param {object} value @returns {[name: string | null, member: unknown][]} without what JSON leaves out */
const membersOf = (value) =>
  Array.isArray(value) ? value.map((member) => [null, member])
    : Object.entries(value).filter(([, member]) => member !== undefined);

/** @param {unknown} value @returns {boolean} whether text in it has more than one line */
function hasLines(value) {
  if (typeof value === "string") return value.includes("\n");
  return typeof value === "object" && value !== null && membersOf(value).some(([, member]) => hasLines(member));
}

/** @param {unknown} value @param {Syntax} syntax @returns {string} */
function onOneLine(value, syntax) {
  if (typeof value === "string") return syntax.string(value);
  if (typeof value === "boolean") return syntax.booleans[Number(value)];
  // Swift's whole numbers end at 64 bits; with an exponent it is none.
  if (typeof value === "number" && Math.abs(value) > Number.MAX_SAFE_INTEGER) return value.toExponential();
  if (typeof value === "number") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return syntax.nothing;
  const key = (/** @type {string | null} */ name) => (name === null ? "" : syntax.key(name));
  const list = membersOf(value).map(([name, member]) => key(name) + onOneLine(member, syntax)).join(", ");
  if (Array.isArray(value)) return `[${list}]`;
  const [open, close, empty] = syntax.object;
  const { padding = "" } = syntax;
  return list ? open + padding + list + padding + close : empty;
}

/**
 * @param {Syntax} syntax
 * @returns {(value: unknown, indent?: string, taken?: number) => string} writes JSON: `indent` is that of the line on
 *   which it begins, `taken` how much of that line stands before it
 */
const writer = (syntax) => (value, indent = "", taken = 0) => write(value, syntax, indent, taken);

/** A literal of Python. */
export const pythonLiteral = writer(python);
/** A literal of JavaScript. */
export const javascriptLiteral = writer(javascript);
/** A literal of Swift, for the SDK's `JSONValue`. */
export const swiftLiteral = writer(swift);
/** JSON for people. */
export const jsonText = writer(json);
/** @param {unknown} value @returns {string} JSON on one line, with nothing that could be taken for its end */
export const jsonLine = (value) => reveal(JSON.stringify(value), jsonEscape);

/** @param {string} text @returns {string} one word of a shell, as it is */
export const shellWord = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`);
