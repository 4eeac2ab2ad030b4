"""The page itself: its files, its looks, and whoever uses it by keyboard or by ear."""

import urllib.request

import pytest
from axe_playwright_python.sync_playwright import Axe

from browser import SHOTS, Server

LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True},
}


def get(server, path, **headers):
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", headers=headers)
    with urllib.request.urlopen(request) as response:
        return response.headers, response.read()


def test_files_are_kept_for_ever_and_the_page_is_asked_for_again(server):
    headers, page = get(server, "/")
    assert headers["Cache-Control"] == "no-cache" and "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    app = page.decode().split('src="')[1].split('"')[0]
    headers, script = get(server, app, **{"Accept-Encoding": "gzip"})
    assert "immutable" in headers["Cache-Control"] and headers["Content-Encoding"] == "gzip"
    headers, plain = get(server, app)
    assert headers["Content-Encoding"] is None and plain.startswith(b"//") and len(plain) > 2 * len(script)


def test_the_client_is_there_for_everybody(server):
    headers, script = get(server, "/realtime.js", Origin="http://localhost:9")
    assert headers["Content-Type"].startswith("text/javascript") and b"export class Realtime" in script
    assert headers["Access-Control-Allow-Origin"] == "http://localhost:9"


def test_nothing_is_fetched_from_elsewhere(server, open_page):
    page = open_page(server)
    page.connect()
    page.say("Hello!")
    page.wait_for_answer()
    here = (f"http://127.0.0.1:{server.port}/", f"ws://127.0.0.1:{server.port}/", "blob:", "data:")
    assert [address for address in page.addresses if not address.startswith(here)] == []


@pytest.mark.parametrize("look", LOOKS)
def test_looks_and_is_accessible(server, open_page, look):
    """In words no serious fault of accessibility, in pictures what a person may judge."""
    page = open_page(server, allowed=False, **LOOKS[look])
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.page.screenshot(path=SHOTS / f"{look}-empty.png")
    page.page.click("#question")
    page.wait_for_answer()
    page.say("Tell me a story about a dog.")
    page.wait_for("({ conversation }) => conversation.lines.filter((line) => line.kind === 'answer' && line.heard > 20).length > 1")
    page.run("({ talk }) => talk.stopAnswer()")
    page.wait_for("({ tracks }) => tracks.cuts.length === 1")
    page.page.screenshot(path=SHOTS / f"{look}.png")
    faults(page, look)
    if look == "phone":
        for tab in ("settings", "inspector"):
            page.page.click(f"[data-tab={tab}]")
            page.page.screenshot(path=SHOTS / f"{look}-{tab}.png")
            faults(page, f"{look} {tab}")
        assert page.page.evaluate("() => document.documentElement.scrollWidth") <= 390, "nothing sticks out"
    else:
        for panel in ("connection", "sound", "tools", "code"):
            page.open_panel(panel)
        page.page.click("#add-tool")
        page.page.click(".waterfall summary")
        page.page.locator(".event-head").first.click()
        page.page.screenshot(path=SHOTS / f"{look}-open.png")
        faults(page, f"{look}, all open")
        page.page.keyboard.press("Escape")
        page.run("() => document.activeElement.blur()")
        page.page.keyboard.press("?")
        page.page.wait_for_selector("dialog[open]")
        faults(page, f"{look}, a dialog")


def faults(page, where):
    found = Axe().run(page.page).response["violations"]
    serious = [f"{fault['id']}: {fault['help']} {[node['target'] for node in fault['nodes']][:5]}" for fault in found if fault["impact"] in ("serious", "critical")]
    assert serious == [], where


def test_by_keyboard_alone(server, open_page):
    """Everything is reached by Tab, in the order one reads it, and a text conversation needs nothing else."""
    page = open_page(server)
    reached = []
    page.page.focus("body")
    for _ in range(60):
        page.page.keyboard.press("Tab")
        reached.append(page.page.evaluate("() => document.activeElement.id || document.activeElement.className || document.activeElement.tagName"))
    order = ["skip", "deployment", "theme", "field-instructions", "field-turns", "listen", "filter"]
    positions = [reached.index(name) for name in order]
    assert positions == sorted(positions), reached
    page.page.focus("#listen")
    page.page.keyboard.press("Enter")
    page.wait_for("({ settings }) => settings.echoed !== null")
    page.page.focus("body")
    page.page.keyboard.press("/")
    assert page.page.evaluate("() => document.activeElement.id") == "filter"
    page.page.keyboard.type("session.created")
    assert page.page.locator(".event:visible").count() == 1


def test_in_italian(server, open_page):
    page = open_page(server, locale="it-IT")
    assert page.page.get_attribute("html", "lang") == "it"
    text = page.page.inner_text("body")
    assert "Voce" in text and "Start listening" not in text
    page.page.screenshot(path=SHOTS / "italian.png")


def test_a_session_is_saved_and_opened_again(server, open_page, tmp_path):
    page = open_page(server)
    page.connect()
    page.say("Hello!")
    page.wait_for_answer()
    page.run("({ talk }) => talk.disconnect()")
    before = (page.page.inner_text(".script"), page.run("({ log }) => log.entries.length"), page.page.locator(".event").count())
    files = {}
    for what in ("recording", "sound", "transcript"):
        page.page.click(".menu summary")
        with page.page.expect_download() as download:
            page.page.click(f"#save-{what}")
        files[what] = tmp_path / download.value.suggested_filename
        download.value.save_as(files[what])
    assert files["transcript"].read_text().startswith("<< Session Started >>") and "You: Hello!" in files["transcript"].read_text()
    assert files["sound"].read_bytes()[:4] == b"RIFF" and files["sound"].stat().st_size > 50_000

    page.page.reload()
    page.page.wait_for_selector("#listen")
    page.page.set_input_files("#import", files["recording"])
    page.wait_for("({ log }, count) => log.entries.length === count", before[1])
    page.page.wait_for_timeout(300)
    assert (page.page.inner_text(".script"), page.run("({ log }) => log.entries.length"), page.page.locator(".event").count()) == before

    # It can be heard again, on the time line and in the script.
    page.page.click("#replay")
    page.wait_for("({ replay }) => replay.position > 0")
    page.wait_for("({ replay }) => replay.position === null")


def test_models_that_are_being_loaded_are_waited_for(open_page, tmp_path):
    server = Server(tmp_path, "--data-directory", str(tmp_path / "data"))
    page = open_page(server, allowed=False)
    page.page.click("#question")
    page.wait_for_state("loading")
    assert "are being loaded" in page.page.inner_text(".state")
    page.wait_for_answer()
    assert server.stop() == 0
