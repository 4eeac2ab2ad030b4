"""Chromium with a microphone made of a file, and the page's own files under its own policy."""

import functools
import http.server
import math
import os
import pathlib
import struct
import threading
import wave

import pytest

from ears import TONE

HERE = pathlib.Path(__file__).resolve().parent
WEB = HERE.parents[2] / "Sources" / "Playground" / "web"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
POLICY = "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; media-src 'self' blob:"
PAGE = """<!doctype html><meta charset="utf-8"><title>audio</title>
<script type="module" src="/test/page.js"></script>"""


class Handler(http.server.SimpleHTTPRequestHandler):
    extensions_map = {"": "application/octet-stream", ".js": "text/javascript", ".wav": "audio/wav"}

    def do_GET(self):
        if self.path == "/":
            self.answer(PAGE.encode(), "text/html")
        elif self.path in ("/test/page.js", "/test/tones.js", "/test/ear-worklet.js"):
            self.answer((HERE / self.path.removeprefix("/test/")).read_bytes(), "text/javascript")
        else:
            super().do_GET()

    def answer(self, body, kind):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def address():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=WEB))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="session")
def chromium(playwright, tmp_path_factory):
    """Launches by its further arguments; each browser lives as long as the tests."""
    file = tmp_path_factory.mktemp("mic") / "mic.wav"
    with wave.open(str(file), "wb") as mic:
        mic.setparams((1, 2, 48_000, 0, "NONE", ""))
        samples = (int(12_000 * math.sin(2 * math.pi * TONE * at / 48_000)) for at in range(4 * 48_000))
        mic.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    browsers = []

    def launch(*more):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[
            "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-audio-capture={file}", *more])
        browsers.append(browser)
        return browser

    yield launch
    for browser in browsers:
        browser.close()


@pytest.fixture(scope="session")
def allowed(chromium):
    """A browser that allows everything without being asked, like one whose user just clicked."""
    return chromium("--use-fake-ui-for-media-stream", "--autoplay-policy=no-user-gesture-required")


@pytest.fixture
def open_page(address):
    """Opens the page in a browser; whatever it complains of fails the test."""
    complaints, contexts = [], []

    def open_page(browser, script=None):
        context = browser.new_context()
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
        if script:
            page.add_init_script(script)
        # Nothing may be evaluated in the page before that: to Chromium it would be a click of the user.
        with page.expect_console_message(lambda message: message.text == "ready"):
            page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
