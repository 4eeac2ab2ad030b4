"""The playground in a real browser, against a real server with real models: a recorded voice speaks into a microphone that
is none, and what the page plays is written down and recognized again."""

import pytest
from playwright.sync_api import sync_playwright

from browser import ANSWER, CHROMIUM, FLAGS, KEY, SHOTS, Page, Server


@pytest.fixture(scope="session")
def playwright():
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def recordings(tmp_path_factory):
    """Where the server writes down each session of this run."""
    return tmp_path_factory.mktemp("recordings")


@pytest.fixture(scope="session")
def server(tmp_path_factory, recordings):
    """Whoever is on this machine may talk to it."""
    server = Server(tmp_path_factory.mktemp("server"), "--record", str(recordings), "--data-directory", str(tmp_path_factory.mktemp("data")))
    server.wait_for(r"Ready\.")
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="session")
def steady(tmp_path_factory, recordings):
    """One that hears and speaks with its models and thinks by a script, so that what it says can be recognized again."""
    folder = tmp_path_factory.mktemp("steady")
    config = folder / "vivavoce.yaml"
    config.write_text(f"models: {{language-model: scripted}}\nscript: {{answer: '{ANSWER}'}}\ndata-directory: {folder / 'data'}\n")
    server = Server(folder, "--config", str(config), "--record", str(recordings))
    server.wait_for(r"Ready\.")
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="session")
def locked(tmp_path_factory):
    """A server that wants a key, and says what one tells it to."""
    config = tmp_path_factory.mktemp("locked")
    server = Server(config, "--preset", "scripted", "--api-key", KEY, "--data-directory", str(config / "data"))
    server.wait_for(r"Ready\.")
    yield server
    assert server.stop() == 0


@pytest.fixture
def open_page(playwright, request):
    """Opens the page of a server in a browser of its own."""
    opened = []

    def open_page(server, microphone=None, allowed=True, host="127.0.0.1", **options):
        flags = list(FLAGS)
        if allowed:
            flags.append("--use-fake-ui-for-media-stream")
        if microphone:
            flags.append(f"--use-file-for-fake-audio-capture={microphone}")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=flags)
        context = browser.new_context(**{"viewport": {"width": 1400, "height": 900}, "locale": "en-GB", **options})
        page = Page(context.new_page(), f"http://{host}:{server.port}/")
        opened.append((browser, page))
        return page

    yield open_page
    SHOTS.mkdir(parents=True, exist_ok=True)
    for browser, page in opened:
        if getattr(request.node, "failed", False):
            page.page.screenshot(path=SHOTS / f"failed-{request.node.name}.png")
        browser.close()
        assert page.complaints == [], "the console is quiet"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if call.when == "call" and outcome.get_result().failed:
        item.failed = True
