"""The page in a real browser, and what a user would do with it."""

import base64
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "StockClients"))
from server import BINARY, Server  # noqa: E402, F401

KEY = "a-key-of-this-test"
ANSWER = "The capital of France is Paris, a beautiful city by the river."
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
]
SHOTS = ROOT / ".build" / "playground"


def spoken(folder, *sentences, seconds=60):
    """A microphone's recording: each sentence begins so many seconds after the start. Its end is far away, for it is played again
    and again."""
    parts = []
    for index, (start, sentence) in enumerate(sentences):
        file = folder / f"{index}.wav"
        subprocess.run(["flite", "-voice", "slt", "-t", sentence, "-o", file], check=True)
        parts.append((start, file))
    mixed = folder / "microphone.wav"
    if len(parts) == 1:
        start, file = parts[0]
        subprocess.run(["sox", file, "-r", "48000", "-c", "1", "-b", "16", mixed, "pad", str(start), str(seconds)], check=True)
    else:
        inputs = [argument for start, file in parts for argument in ("-v", "1", f"|sox {file} -p pad {start} 0")]
        subprocess.run(["sox", "-m", *inputs, "-r", "48000", "-c", "1", "-b", "16", mixed, "pad", "0", str(seconds)], check=True)
    return mixed


class Page:
    """The page in a browser, and what a user would do with it."""

    def __init__(self, page, url):
        self.page = page
        self.url = url
        self.complaints = []
        self.addresses = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._console)
        page.on("request", lambda request: self.addresses.append(request.url))
        page.goto(url)
        page.wait_for_selector("#listen")

    def _console(self, message):
        # What cannot be fetched is told by the page itself, in words.
        if message.type == "error" and "Failed to load resource" not in message.text and "WebSocket" not in message.text:
            self.complaints.append(message.text)

    def run(self, expression, argument=None):
        """Runs a function with the page's own parts, as `app.js` made them."""
        return self.page.evaluate(
            f"""async (argument) => {{
                const app = await import(document.querySelector('script[type=module]').src);
                return ({expression})(app, argument);
            }}""", argument)

    def state(self):
        return self.page.get_attribute(".state", "data-state")

    def wait_for(self, expression, argument=None, seconds=60):
        end = time.monotonic() + seconds
        while not self.run(expression, argument):
            assert time.monotonic() < end, f"{expression} after {seconds} s; the page says: {self.page.inner_text('#stage')}"
            self.page.wait_for_timeout(30)

    def wait_for_state(self, state, seconds=60):
        self.page.wait_for_selector(f".state[data-state={state}]", timeout=seconds * 1000)

    def wait_for_answer(self, seconds=120):
        """Until an answer was heard to its end."""
        self.wait_for("({ conversation }) => conversation.lines.some((line) => line.kind === 'answer' && line.isFinal && line.heard === line.text.length && line.text)", seconds=seconds)

    def events(self, kind=None):
        return self.run("({ log }, kind) => log.entries.filter((entry) => entry.event && (!kind || entry.kind === kind)).map(({ kind, at, event }) => ({ kind, at, event }))", kind)

    def open_panel(self, name):
        self.page.evaluate("(name) => document.getElementById(`panel-${name}`).open = true", name)

    def connect(self):
        """A session without a microphone."""
        self.run("async ({ connect }) => { await connect(); }")
        self.wait_for("({ settings }) => settings.echoed !== null")

    def say(self, text):
        self.page.fill("#message", text)
        self.page.press("#message", "Enter")

    def record_output(self):
        """Writes down what the page plays from now on."""
        self.run("""async ({ sound }) => {
            await sound.open();
            const chunks = [];
            const recorder = new MediaRecorder(sound.player.stream);
            recorder.ondataavailable = ({ data }) => chunks.push(data);
            recorder.start(100);
            window.heard = async () => {
                await new Promise((resolve) => { recorder.onstop = resolve; recorder.stop(); });
                const context = new OfflineAudioContext(1, 24000, 24000);
                const sound = await context.decodeAudioData(await new Blob(chunks).arrayBuffer());
                const samples = Int16Array.from(sound.getChannelData(0), (value) => Math.max(-32768, Math.min(32767, value * 32768)));
                let text = "";
                const bytes = new Uint8Array(samples.buffer);
                for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
                return btoa(text);
            };
        }""")

    def heard(self, folder):
        """What the page played, recognized."""
        raw = base64.b64decode(self.page.evaluate("() => window.heard()"))
        sound = folder / "heard.raw"
        sound.write_bytes(raw)
        wav = folder / "heard.wav"
        subprocess.run(["sox", "-t", "raw", "-r", "24000", "-e", "signed", "-b", "16", "-c", "1", sound, wav, "pad", "0.3", "1"], check=True)
        done = subprocess.run([BINARY, "transcribe", wav, "--preset", "small"], check=True, capture_output=True, text=True)
        return done.stdout
