"""The server that is measured: our own, started here, or one elsewhere."""

import contextlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

import websockets

PATIENCE = 180  # seconds for loading the models from a cold disk
BINARY = pathlib.Path(__file__).resolve().parent.parent / ".build" / "release" / "vivavoce"
QUERY = "/v1/realtime?model=gpt-realtime"


@contextlib.contextmanager
def own_server(binary, preset):
    """Starts it on a free port, yields its address and process id once its models are loaded, and ends it."""
    if not os.access(binary, os.X_OK):
        sys.exit(f"There is no server at {binary}: `make build` builds it.")
    with tempfile.TemporaryDirectory() as folder:
        log = pathlib.Path(folder) / "server.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [binary, "serve", "--preset", preset, "--port", "0"],
                stdout=output,
                stderr=subprocess.STDOUT,
                # As `make run` does: threads that spin while they wait starve each other.
                env={**os.environ, "OMP_WAIT_POLICY": "passive"},
            )
        try:
            url = wait_for("the server to listen", lambda: listening(process, log))
            wait_for("the models to load", lambda: listening(process, log) and is_ready(url))
            yield url, process.pid
            if process.poll() is not None:
                print(f"The server ended with {process.returncode}:\n{last_words(log)}", file=sys.stderr)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                print("The server did not end within 10 s of SIGTERM and was killed.", file=sys.stderr)
                process.kill()
                process.wait()


def listening(process, log):
    if process.poll() is not None:
        sys.exit(f"The server ended with {process.returncode}:\n{last_words(log)}")
    found = re.search(r"Listening on (ws://[^\s/]+)", log.read_text())
    return found and found[1] + QUERY


def last_words(log):
    return log.read_text()[-2000:]


def elsewhere(url):
    """A whole address of a server that somebody else started."""
    url = url if urllib.parse.urlsplit(url).path.strip("/") else url.rstrip("/") + QUERY
    # Another make of server may have no such route; then it has to be ready.
    wait_for("the server to be ready", lambda: is_ready(url) is not False)
    return url


def is_ready(url):
    """None where the server cannot tell."""
    parts = urllib.parse.urlsplit(url)
    address = f"{'https' if parts.scheme == 'wss' else 'http'}://{parts.netloc}/readyz"
    try:
        # A proxy has no business between the two.
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=5) as answer:
            return answer.status == 200
    except urllib.error.HTTPError as error:
        return False if error.code == 503 else None
    except OSError:
        return False


def wait_for(what, condition):
    begun, told = time.monotonic(), 0
    while not (found := condition()):
        waited = time.monotonic() - begun
        if waited > PATIENCE:
            sys.exit(f"Waited {PATIENCE} s for {what}.")
        if waited > told + 2:
            told = waited
            print(f"waiting for {what}: {waited:.0f} s", file=sys.stderr)
        time.sleep(0.2)
    return found


def connected(url, headers):
    """A WebSocket without compression, which costs both sides time, and without a proxy, which would be measured too."""
    return websockets.connect(url, additional_headers=headers, compression=None, proxy=None, max_size=None)
