// The page: makes the parts, ties them together, keeps what the user chose.

import { Talk, names } from "./session/talk.js";
import { Conversation } from "./session/conversation.js";
import { Log } from "./session/log.js";
import { Order } from "./session/order.js";
import { Settings, fields } from "./session/settings.js";
import { Tracks } from "./session/tracks.js";
import { Waterfalls } from "./session/waterfall.js";
import { Replay } from "./session/replay.js";
import { readRecording, recording, RecordingError, sound as soundFile, transcript } from "./session/recording.js";
import { Sound } from "./audio/sound.js";
import { MicrophoneError, watchDevices } from "./audio/microphone.js";
import { ConnectionError, isPreview } from "./realtime.js";
import { speak, t } from "./texts/texts.js";
import { h, fill, save, atNextFrame } from "./views/element.js";
import { Composer } from "./views/composer.js";
import { Header } from "./views/header.js";
import { Script, noteText } from "./views/script.js";
import { Timeline } from "./views/timeline.js";
import { codeView } from "./views/code.js";
import { connectionView, here, target } from "./views/connection.js";
import { makeDeployment, showKeys } from "./views/dialogs.js";
import { fieldView } from "./views/field.js";
import { contextView, soundView } from "./views/sound.js";
import { toolsView } from "./views/tools.js";
import { Inspector } from "./inspector/inspector.js";
import { load, store } from "./session/store.js";

const QUESTION = new URL("./audio/question.wav", import.meta.url).href;

const kept = load();
speak(kept.language);

const log = new Log();
const settings = new Settings();
settings.wanted = kept.wanted;
settings.tools = kept.tools;
const connection = { ...here(), ...kept.connection };
const sound = new Sound();
// Who reads the log first has read an entry when the others ask: tracks before waterfalls, conversation before all that shows it.
const tracks = new Tracks(log);
const order = new Order(log);
const waterfalls = new Waterfalls(log, tracks, (response) => script.showTimes(response));
/** @type {Conversation} */
const conversation = new Conversation(log, (line) => (line ? script.show(line) : script.clear()));
const replay = new Replay(sound);
const talk = new Talk({ log, conversation, settings, sound });

// MARK: Views

const failure = h("div", { class: "failure banner", role: "alert", id: "failure", hidden: true });
const empty = h("div", { class: "empty" }, h("h2", {}, t("empty.title")), h("p", {}, t("empty.text")), questionButton("question"));
/** @type {Script} */
const script = new Script({
  conversation, waterfalls, talk, empty,
  select: (id) => {
    const line = conversation.line(id);
    if (line) timeline.show(line.at), inspector.show(line.at);
  },
});
const timeline = new Timeline({
  log, tracks, replay,
  pick: (at) => {
    const line = conversation.lines.findLast((line) => line.at <= at);
    if (line) script.reveal(line.id);
    inspector.show(at);
  },
});
const inspector = new Inspector({
  log, order, conversation,
  pick: (at, item) => {
    timeline.show(at);
    if (item) script.reveal(item);
  },
});
const composer = new Composer(talk, replay, { listen, hold, replay: playAgain });
const header = new Header(talk, {
  choose: (name) => (Object.assign(connection, { name }), chosen()),
  make: () => {
    showNames();
    makeDeployment(target(connection), (name) => (Object.assign(connection, { name }), chosen()));
  },
  theme: () => setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"),
  speak: (code) => {
    kept.language = code;
    remember();
    location.reload();
  },
  help: showKeys, save: saveAs, open, end: () => talk.disconnect(),
});

const locked = (/** @type {string} */ id) => {
  const hasSpoken = log.entries.length > 0 && talk.isOn && conversation.lines.some((line) => line.kind === "answer" && line.isSpoken);
  if (id === "voice" && hasSpoken) return "set.voiceLocked";
  return id === "temperature" && !isPreview(connection) ? "set.previewOnly" : null;
};
const fieldViews = fields.map(({ id, group }) => ({ group, ...fieldView(id, settings, locked) }));
const of = (/** @type {string} */ group) => h("div", { class: "fields" }, fieldViews.filter((view) => view.group === group).map((view) => view.element));
const code = codeView(settings, connection, kept, remember);
const microphone = soundView(kept, () => {
  remember();
  if (talk.isListening) talk.stopListening(), void listen();
});
microphone.element.append(questionButton("question-here"));
const context = contextView(talk);
const voice = of("voice");
voice.append(context.element);
const panels = h("div", { class: "panels" },
  Object.entries({
    connection: connectionView(connection, chosen), voice, turns: of("turns"), sound: microphone.element, tools: toolsView(settings), code: code.element,
  }).map(([name, element]) => panel(name, element)));

/** @param {string} name @param {HTMLElement} content */
function panel(name, content) {
  const element = h("details", {
    class: "panel", id: `panel-${name}`, open: kept.open.includes(name),
    ontoggle: () => {
      kept.open = kept.open.filter((other) => other !== name).concat(element.open ? [name] : []);
      remember();
    },
  }, h("summary", {}, h("h2", {}, t(`panel.${name}`))), content);
  return element;
}

const tabs = h("nav", { class: "tabs", "aria-label": t("tab.stage") },
  ["settings", "stage", "inspector"].map((name) =>
    h("button", { type: "button", "aria-pressed": String(name === "stage"), "data-tab": name, onclick: () => showTab(name) }, t(`tab.${name}`))));

/** @param {string} name */
function showTab(name) {
  document.body.dataset.tab = name;
  for (const tab of tabs.querySelectorAll("button")) tab.setAttribute("aria-pressed", String(tab.dataset.tab === name));
}

document.body.append(
  h("a", { class: "skip", href: "#stage" }, t("page.skip")), header.element, tabs,
  h("main", { class: "frame" },
    h("section", { id: "settings", "aria-label": t("tab.settings") }, panels),
    h("section", { id: "stage", tabIndex: -1, "aria-label": t("tab.stage") }, timeline.element, failure, script.element, script.announcer, composer.element),
    h("section", { id: "inspector", "aria-label": t("tab.inspector") }, inspector.element)));
showTab("stage");

// MARK: What the user does

async function connect() {
  fail(null);
  replay.stop();
  // Without sound one can still write and read.
  await talk.openPlayer().catch(fail);
  const isOn = await talk.connect(target(connection));
  if (!isOn && talk.failure) fail(talk.failure);
  return isOn;
}

/** The big button: begins a session if there is none, then begins or ends listening. */
async function listen() {
  if (talk.isListening) return talk.stopListening();
  if (["connecting", "loading", "reconnecting"].includes(talk.state)) return talk.disconnect();
  if (!talk.isOn && !(await connect())) return;
  try {
    await talk.startListening(kept.device || undefined);
    fail(null);
    void microphone.show();
  } catch (error) {
    fail(error);
  }
}

async function hold() {
  try {
    await talk.hold(kept.device || undefined);
  } catch (error) {
    fail(error);
  }
}

/** @param {string} id */
function questionButton(id) {
  return h("button", { type: "button", class: "plain", id, onclick: playQuestion }, t("empty.question"));
}

async function playQuestion() {
  fail(null);
  try {
    if (talk.isOn || (await connect())) await talk.playQuestion(QUESTION);
  } catch (error) {
    fail(error);
  }
}

/** Plays the session again that is over, or the recording that was opened; or ends that. */
async function playAgain() {
  if (replay.position !== null) return replay.stop();
  await replay.start(log.entries);
  const follow = () => {
    const { position } = replay;
    if (position === null) return;
    const line = conversation.lines.findLast((line) => line.at <= position);
    if (line) script.reveal(line.id);
    setTimeout(follow, 200);
  };
  follow();
}

/** @param {"recording" | "sound" | "transcript"} what */
function saveAs(what) {
  const about = { started_at: new Date(log.startedAt).toISOString(), service: connection.service, name: connection.name };
  const stamp = about.started_at.slice(0, 19).replace(/[:T]/g, "-");
  const name = (/** @type {import("./session/conversation.js").Line} */ line) =>
    line.kind === "note" ? noteText(line) : t(`speaker.${line.kind}`);
  if (what === "recording") save(recording(log.entries, about), `vivavoce-${stamp}.jsonl`);
  if (what === "sound") save(soundFile(log.entries), `vivavoce-${stamp}.wav`);
  if (what === "transcript") save(transcript(conversation.lines, name), `vivavoce-${stamp}.txt`);
}

/** @param {File} file */
async function open(file) {
  try {
    const { about, entries } = readRecording(await file.text());
    talk.disconnect();
    replay.stop();
    fail(null);
    log.restart(entries, Date.parse(about.started_at));
    show();
  } catch (error) {
    fail(error);
  }
}

/**
 * Shows what went wrong and what to do.
 *
 * @param {unknown} error `null` if all is well again
 */
function fail(error) {
  failure.hidden = error === null;
  if (error === null) return fill(failure);
  const { endpoint, name, credential } = connection;
  const reason = error instanceof Error ? error.message : String(error);
  if (error instanceof ConnectionError) {
    const key = error.code === "key" && credential === "none" ? "fail.keyMissing" : `fail.${error.code}`;
    fill(failure, t(key, { endpoint, name, reason, seconds: error.retryAfter ?? 10 }));
    if (error.code === "key") document.getElementById("panel-connection")?.setAttribute("open", "");
  } else if (error instanceof MicrophoneError) {
    fill(failure, t(`fail.microphone.${error.code}`, { reason }), questionButton("question-instead"));
  } else if (error instanceof RecordingError) {
    fill(failure, t(error.message, error.values));
  } else {
    fill(failure, reason);
  }
}

// MARK: What is kept

/** Another server or deployment was chosen: a session goes on with the one it has until it is ended. */
function chosen() {
  remember();
  code.show();
  for (const view of fieldViews) view.show();
  void showNames();
  if (talk.isOn) talk.disconnect();
}

async function showNames() {
  const isHere = new URL(connection.endpoint).origin === location.origin;
  const list = await names(target(connection)).catch(() => []);
  header.showNames(list, connection.name, isHere);
}

function remember() {
  kept.wanted = settings.wanted;
  kept.tools = settings.tools;
  kept.connection = connection;
  store(kept);
}

/** @param {"light" | "dark"} theme */
function setTheme(theme, isChosen = true) {
  document.documentElement.dataset.theme = theme;
  header.showTheme(theme);
  timeline.draw();
  if (isChosen) (kept.theme = theme), remember();
}

// MARK: What happens

const show = atNextFrame(() => {
  composer.show();
  header.show(log.now);
  context.show();
  timeline.moving = talk.isOn;
  if (talk.failure && talk.state === "off") fail(talk.failure);
});
talk.addEventListener("change", show);
settings.addEventListener("change", () => (remember(), code.show()));
for (const kind of ["change", "echo"]) settings.addEventListener(kind, () => fieldViews.forEach((view) => view.show()));
log.read(() => timeline.draw(), () => timeline.draw());
setInterval(() => talk.isOn && header.show(log.now), 1000);
setInterval(() => talk.measureRoundTrip(), 5000);
watchDevices(() => void microphone.show());

const isTyping = (/** @type {EventTarget | null} */ element) =>
  element instanceof HTMLElement && (element.matches("input:not([type=checkbox]):not([type=range]), textarea, select") || element.isContentEditable);
const isPressing = (/** @type {EventTarget | null} */ element) => element instanceof HTMLElement && element.matches("button, summary, a, input");

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open]")) talk.stopAnswer();
  if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") {
    event.preventDefault();
    showTab("inspector");
    inspector.focusFilter();
  } else if (event.key === "?") {
    showKeys();
  } else if (event.key === " " && !isPressing(event.target)) {
    event.preventDefault();
    if (!event.repeat) void hold();
  }
});
document.addEventListener("keyup", (event) => event.key === " " && talk.release());
// A key that is let go elsewhere is not heard of here.
window.addEventListener("blur", () => talk.release());

setTheme(kept.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"), false);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", ({ matches }) => kept.theme ?? setTheme(matches ? "dark" : "light", false));
void showNames();
header.show(0);

// For those who look in from outside: tests, and the curious at the console.
export { connect, connection, conversation, log, order, replay, settings, sound, talk, tracks, waterfalls };
