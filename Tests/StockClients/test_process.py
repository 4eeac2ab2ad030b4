"""The server as a process: health, the loopback rules without a key, the number of sessions, the end."""

import asyncio
import contextlib
import http.server
import json
import os
import subprocess
import threading

import pytest
import websockets

from dialect import KEY, PATHS
from plain import dial, receive
from server import BINARY, Server


def test_health_and_models(server):
    assert server.get("/healthz")[0] == 200
    assert server.get("/readyz")[0] == 200
    assert server.get("/v1/models")[0] == 401
    status, body = server.get("/v1/models", Authorization=f"Bearer {KEY}")
    models = json.loads(body)
    assert status == 200 and models["object"] == "list"
    names = {"gpt-4o-realtime-preview", "gpt-4o-mini-realtime-preview", "gpt-realtime", "gpt-realtime-mini"}
    assert names <= {model["id"] for model in models["data"]}
    assert all(model.keys() == {"id", "object", "created", "owned_by"} for model in models["data"])


def test_a_server_without_a_key_stays_at_home():
    command = [BINARY, "serve", "--preset", "small", "--port", "0", "--host", "0.0.0.0"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ended.returncode != 0 and "--api-key" in ended.stdout + ended.stderr


def serve(*arguments, **environment):
    """What a server says that cannot serve, and that it ends."""
    command = [BINARY, "serve", "--preset", "small", *arguments]
    ended = subprocess.run(
        command, capture_output=True, text=True, timeout=120, env={**os.environ, "OMP_WAIT_POLICY": "passive", **environment})
    assert ended.returncode == 1
    return ended.stderr


def test_missing_models_end_the_server_with_the_remedy(tmp_path):
    assert "make setup PRESET=small" in serve("--port", "0", VIVAVOCE_MODELS=str(tmp_path))


def test_a_bad_model_file_ends_the_server_with_its_name(tmp_path):
    (tmp_path / "bad.gguf").write_text("no model")
    (tmp_path / "settings.yaml").write_text("models:\n  language-model: bad.gguf\n")
    assert "bad.gguf" in serve("--port", "0", "--config", str(tmp_path / "settings.yaml"))


def test_a_taken_port_ends_the_server_with_the_remedy(server):
    assert "--port" in serve("--port", str(server.port))


@pytest.fixture(scope="module")
def keyless(tmp_path_factory):
    """Without a key, and with room for two."""
    folder = tmp_path_factory.mktemp("keyless")
    (folder / "settings.yaml").write_text("max-sessions: 2\n")
    server = Server(folder, "--config", str(folder / "settings.yaml"))
    yield server
    server.process.kill()


@pytest.mark.parametrize("origin", [None, "http://localhost:3000", "https://127.0.0.1", "http://[::1]:8080"])
async def test_any_key_and_none_will_do_at_home(keyless, way, origin):
    keyless.wait_for(r"Ready\.")
    for headers in ({}, {"api-key": "anything"}):
        async with dial(keyless, PATHS[way], headers, origin=origin) as socket:
            assert (await receive(socket))["type"] == "session.created"


@pytest.mark.parametrize("name", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example"])
async def test_other_names_are_refused(keyless, way, name):
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with dial(keyless, PATHS[way], name=name):
            pass
    assert refused.value.response.status_code == 403
    assert keyless.get("/v1/models", Host=name)[0] == 403
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with dial(keyless, PATHS[way], {"Host": name}):  # a second one: RFC 9112 3.2
            pass
    assert refused.value.response.status_code == 400


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example"])
async def test_other_pages_are_refused(keyless, way, origin):
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with dial(keyless, PATHS[way], origin=origin):
            pass
    assert refused.value.response.status_code == 403


async def test_who_vanishes_makes_room(keyless, way):
    keyless.wait_for(r"Ready\.")
    async with dial(keyless, PATHS[way]) as one, dial(keyless, PATHS[way]) as other:
        assert [(await receive(socket))["type"] for socket in (one, other)] == ["session.created"] * 2
        assert await is_full(keyless, way)
        await one.send(json.dumps({"type": "response.create"}))
        one.transport.abort()
        other.transport.abort()
    while await is_full(keyless, way):
        await asyncio.sleep(0.1)


async def is_full(server, way):
    try:
        async with dial(server, PATHS[way]) as socket:
            event = await receive(socket)
            if event["type"] == "session.created":
                return False
            await socket.wait_closed()
            assert (socket.close_code, event["error"]["code"]) == (1013, "rate_limit_exceeded")
    except websockets.InvalidStatus as refused:
        assert refused.response.status_code == 429
    return True


async def test_the_end_is_polite(keyless):
    """An open session is told 1001, one in the midst of an answer too; the process ends without complaint."""
    keyless.wait_for(r"Ready\.")
    async with dial(keyless, PATHS["openai"]) as idle, dial(keyless, PATHS["azure"]) as busy:
        await receive(idle)
        await busy.send(json.dumps({"type": "response.create"}))
        while (await receive(busy))["type"] != "response.created":
            pass
        assert await asyncio.to_thread(keyless.stop) == 0
        for socket in (idle, busy):
            # A client that doesn't read what it was sent doesn't read how it ends either.
            with contextlib.suppress(websockets.ConnectionClosed):
                while True:
                    await socket.recv()
            assert socket.close_code == 1001


async def test_a_collector_is_told_of_sessions_and_of_nothing_else(tmp_path):
    """Once the spans of a session are sent there are no more: the sending itself makes none."""
    bodies = []

    class Collector(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    collector = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=collector.serve_forever, daemon=True).start()
    config = tmp_path / "vivavoce.yaml"
    config.write_text(f"tracing: {{endpoint: 'http://127.0.0.1:{collector.server_port}'}}\ndata-directory: {tmp_path / 'data'}\n")
    server = Server(tmp_path, "--preset", "scripted", "--config", str(config))
    server.wait_for(r"Ready\.")
    async with dial(server, PATHS["openai"]) as socket:
        await socket.send(json.dumps({"type": "response.create"}))
        while (await receive(socket))["type"] != "response.done":
            pass
    while not any(b"session" in body for body in bodies):
        await asyncio.sleep(0.1)
    await asyncio.sleep(2.5)  # spans are sent every second
    count = len(bodies)
    await asyncio.sleep(2.5)
    assert len(bodies) == count <= 4
    assert not any(b"/v1/traces" in body for body in bodies)
    assert server.stop() == 0
    collector.shutdown()
