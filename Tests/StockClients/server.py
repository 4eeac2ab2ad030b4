"""The server under test, as a process."""

import os
import pathlib
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("VIVAVOCE") or str(ROOT / ".build" / "release" / "vivavoce")
PATIENCE = 120  # seconds to load the engines on a busy machine


class Server:
    """`vivavoce serve` with the smallest models, on a port that is free."""

    def __init__(self, folder, *arguments):
        self.log = folder / "server.log"
        command = [BINARY, "serve", "--preset", "small", "--port", "0", *arguments]
        environment = {**os.environ, "OMP_WAIT_POLICY": "passive"}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        self.port = int(self.wait_for(r"Listening on ws://127\.0\.0\.1:(\d+)/v1/realtime").group(1))

    def wait_for(self, pattern):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if found := re.search(pattern, self.log.read_text(errors="replace")):
                return found
            assert self.process.poll() is None, f"it ended:\n{self.log.read_text(errors='replace')}"
            time.sleep(0.05)
        raise TimeoutError(f"no {pattern!r} in:\n{self.log.read_text(errors='replace')}")

    def get(self, path, **headers):
        """Status and body of a plain GET."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def stop(self):
        """Asks it to end; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=30)
        finally:
            self.process.kill()
