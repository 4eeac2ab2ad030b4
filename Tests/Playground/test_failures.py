"""Whatever goes wrong has its sentence, with what to do about it."""

import socket

import pytest

from browser import KEY, Server


def failure(page):
    page.page.wait_for_selector("#failure:not([hidden])", timeout=60_000)
    return page.page.inner_text("#failure")


def test_no_key(locked, open_page):
    page = open_page(locked)
    page.page.click("#listen")
    assert "wants a key" in failure(page)
    assert page.page.is_visible("#connection-credential"), "the panel is open"


def test_a_wrong_key(locked, open_page):
    page = open_page(locked)
    page.run("({ connection }) => Object.assign(connection, { credential: 'key', key: 'wrong' })")
    page.page.click("#listen")
    assert "was refused" in failure(page)


def test_an_unknown_deployment(server, open_page):
    page = open_page(server)
    page.run("({ connection }) => Object.assign(connection, { name: 'nobody' })")
    page.page.click("#listen")
    text = failure(page)
    assert "no “nobody”" in text and "gpt-realtime" in text


def test_the_microphone_is_denied(server, open_page):
    page = open_page(server, allowed=False)
    page.page.click("#listen")
    assert "Allow it in the address bar" in failure(page)
    page.page.click("#question-instead")
    page.wait_for_answer()  # what needs no microphone goes on
    assert not page.page.is_visible("#failure")


def test_an_address_that_is_not_safe(open_page, tmp_path):
    """Over plain HTTP from another machine browsers give no microphone and no worklets: the page says what to do, and writes."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent
        except OSError:
            pytest.skip("this machine has no address of its own")
        address = probe.getsockname()[0]
    server = Server(tmp_path, "--preset", "scripted", "--api-key", KEY, "--host", "0.0.0.0", "--data-directory", str(tmp_path / "data"))
    server.wait_for(r"Ready\.")
    page = open_page(server, host=address)
    page.run("({ connection }, key) => Object.assign(connection, { credential: 'key', key })", KEY)
    page.page.click("#listen")
    assert "--tls-self-signed" in failure(page)
    page.say("Hello!")
    page.wait_for("({ conversation }) => conversation.lines.some((line) => line.kind === 'answer' && line.isFinal)")
    assert server.stop() == 0


def test_nobody_is_there(server, open_page):
    page = open_page(server)
    page.run("({ connection }) => Object.assign(connection, { endpoint: 'http://127.0.0.1:9' })")
    page.page.click("#listen")
    assert "vivavoce serve" in failure(page)


def test_the_server_goes_and_comes_back(open_page, tmp_path):
    (tmp_path / "one").mkdir()
    server = Server(tmp_path / "one", "--preset", "scripted", "--data-directory", str(tmp_path / "data"))
    server.wait_for(r"Ready\.")
    page = open_page(server)
    page.connect()
    server.process.kill()
    server.process.wait()
    page.wait_for_state("reconnecting")
    (tmp_path / "two").mkdir()
    again = Server(tmp_path / "two", "--preset", "scripted", "--port", str(server.port), "--data-directory", str(tmp_path / "data"))
    try:
        page.wait_for_state("ready")
        assert page.page.inner_text(".script").count("Session Started") == 2
    finally:
        again.process.kill()
        again.process.wait()
    assert "connection was lost" in failure(page) or "Nobody answers" in failure(page)


def test_an_engine_is_missing(open_page, tmp_path):
    """A deployment whose models were never fetched: the server's own words name the command that fetches them."""
    cache = tmp_path / "cache"
    cache.mkdir()
    (tmp_path / "vivavoce.yaml").write_text(
        f"preset: scripted\nmodels:\n  directory: {cache}\ndata-directory: {tmp_path / 'data'}\n"
        "deployments:\n- {name: clever, model: gpt-realtime, engine: large}\n")
    server = Server(tmp_path, "--preset", "scripted", "--config", str(tmp_path / "vivavoce.yaml"))
    server.wait_for(r"Ready\.")
    page = open_page(server)
    page.run("({ connection }) => Object.assign(connection, { name: 'clever' })")
    page.page.click("#listen")
    text = failure(page)
    assert "make setup" in text, text
    server.process.kill()


@pytest.mark.parametrize("text, sentence", [
    ("hello", "damaged"), ('{"a": 1}\n', "not a recording"), ('{"format": "vivavoce-session", "version": 9}\n', "version 9"),
])
def test_a_file_that_is_no_recording(server, open_page, tmp_path, text, sentence):
    page = open_page(server)
    file = tmp_path / "file.jsonl"
    file.write_text(text)
    page.page.set_input_files("#import", file)
    assert sentence in failure(page)


def test_a_refused_setting_is_told(server, open_page):
    page = open_page(server)
    page.connect()
    page.run("({ talk }) => talk.send({ type: 'session.update', session: { type: 'realtime', audio: { output: { speed: 9 } } } })")
    page.page.wait_for_selector(".line.note.failed")
    assert "speed" in page.page.inner_text(".line.note.failed")


def test_keys_are_not_shown(locked, open_page):
    page = open_page(locked)
    page.run("({ connection }, key) => Object.assign(connection, { credential: 'key', key })", KEY)
    page.connect()
    page.open_panel("code")
    assert KEY not in page.page.inner_text("body")
