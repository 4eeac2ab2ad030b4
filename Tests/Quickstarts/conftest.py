"""The programs of docs/quickstart.md and of Examples, as a reader would run them: against a server, with a key and
without one."""

import os
import pathlib
import re
import subprocess
import sys
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "StockClients"))
from server import Server  # noqa: E402

KEY = "a-key-of-this-test"


def blocks(language):
    """The code blocks of the quickstart in a language, in order."""
    text = (ROOT / "docs" / "quickstart.md").read_text()
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


class Service:
    """A server with a key, and the environments in which programs find it."""

    def __init__(self, folder, preset):
        self.server = Server(folder, "--preset", preset, "--api-key", KEY)
        self.server.wait_for("Ready")
        # Whoever signs in without a key is given a token by the Azure CLI. Here it is one that the server accepts.
        az = folder / "az"
        az.write_text(
            "#!/bin/sh\n"
            f'echo \'{{"accessToken": "{KEY}", "expires_on": {int(time.time()) + 3600}, '
            '"expiresOn": "2099-01-01 00:00:00.000000", "tokenType": "Bearer"}\'\n')
        az.chmod(0o755)
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("AZURE_", "OPENAI_"))}
        self.keyless = plain | {
            "AZURE_OPENAI_ENDPOINT": f"http://127.0.0.1:{self.server.port}",
            "AZURE_OPENAI_DEPLOYMENT_NAME": "gpt-realtime",
            "AZURE_TOKEN_CREDENTIALS": "AzureCLICredential",
            "PATH": f"{folder}:{os.environ['PATH']}",
            "NODE_PATH": "/usr/share/nodejs",  # where Debian's packages are, for a Node that is not Debian's
        }
        self.keyed = self.keyless | {"AZURE_OPENAI_API_KEY": KEY}

    def environment(self, sign_in):
        return self.keyed if sign_in == "keyed" else self.keyless


@pytest.fixture(scope="session")
def service(tmp_path_factory):
    service = Service(tmp_path_factory.mktemp("server"), "scripted")
    yield service
    service.server.stop()


class Consumer:
    """A package of somebody else's, which names this repository by URL and tag and wants the SDK alone."""

    def __init__(self, folder):
        run = lambda *command, **more: subprocess.run(command, check=True, cwd=folder, **more)  # noqa: E731
        repository = folder / "vivavoce.git"
        run("git", "clone", "-q", "--bare", ROOT, repository)
        run("git", "-C", repository, "tag", "0.1.0", "HEAD")
        self.folder = folder / "consumer"
        run("cp", "-r", ROOT / "Examples" / "Sources", self.folder.parent / "Sources")
        self.folder.mkdir()
        (folder / "Sources").rename(self.folder / "Sources")
        quickstart = self.folder / "Sources" / "Quickstart"
        quickstart.mkdir()
        (quickstart / "Quickstart.swift").write_text(blocks("swift")[0])
        manifest = (ROOT / "Examples" / "Package.swift").read_text()
        manifest = manifest.replace(
            '.package(name: "vivavoce", path: "..", traits: [])',
            f'.package(url: "file://{repository}", exact: "0.1.0", traits: [])')
        manifest = manifest.replace('.target(name: "WAVFile"),',
                                    '.target(name: "WAVFile"), .executableTarget(name: "Quickstart", dependencies: sdk),')
        (self.folder / "Package.swift").write_text(manifest)
        # As if nothing had been built before, and nothing of the server's checkout known.
        environment = {name: value for name, value in os.environ.items() if name != "VIVAVOCE_VENDOR"}
        begun = time.monotonic()
        run("swift", "build", "--package-path", self.folder, env=environment)
        self.seconds = time.monotonic() - begun
        shown = run("swift", "package", "--package-path", self.folder, "show-dependencies", "--format", "flatlist",
                    env=environment, capture_output=True, text=True).stdout
        self.dependencies = sorted(set(shown.split()))

    def run(self, program, *arguments, environment, **more):
        return subprocess.run([self.folder / ".build" / "debug" / program, *arguments], env=environment, text=True,
                              capture_output=True, timeout=120, **more)


@pytest.fixture(scope="session")
def consumer(tmp_path_factory):
    return Consumer(tmp_path_factory.mktemp("consumer"))
