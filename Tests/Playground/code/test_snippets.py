"""The programs of the code view, run as they stand: against the scripted server, which writes down what it was asked for."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import wave

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "StockClients"))
from server import Server  # noqa: E402

KEY = "a-key-of-this-test"
# The Python of whoever took the program away: it has `openai`, `websockets` and `azure-identity`.
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
PYTHON = CACHE / "vivavoce" / "venvs" / "quickstarts" / "bin" / "python"
pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason="the quickstarts' Python is not set up")

NASTY = (
    'Say "hi", it\'s "fine": \\ \\n \\(x) ${x} $(id) `id` """ """" \'\'\' #" %s {x} </script> \t \u2028 \u202e \ufeff 😀 👨‍👩‍👧 !history '
    "and a rather long line, which goes on for a while, until it has to be broken somewhere, as lines have to be.\r\n"
    "\n  A second, which ends in a backslash \\\n\n"
)
TOOLS = [{
    "type": "function", "name": name, "description": 'Tells the "weather".',
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
} for name in ("get-weather", "import")]
GA = {
    "nothing": {"type": "realtime"},
    "everything": {
        "type": "realtime", "instructions": NASTY, "output_modalities": ["audio"], "max_output_tokens": 500,
        "audio": {
            "input": {
                "transcription": {"model": "gpt-4o-mini-transcribe"}, "noise_reduction": {"type": "near_field"},
                "turn_detection": {"type": "server_vad", "threshold": 0.65, "silence_duration_ms": 480, "create_response": False},
            },
            "output": {"voice": "echo", "speed": 1.25},
        },
    },
    "a tool": {"type": "realtime", "tools": TOOLS, "tool_choice": "required", "audio": {"input": {"turn_detection": None}}},
    "text": {"type": "realtime", "output_modalities": ["text"]},
}
PREVIEW = {
    "nothing": {},
    "everything": {
        "instructions": NASTY, "modalities": ["audio", "text"], "max_response_output_tokens": 500, "temperature": 0.65,
        "input_audio_transcription": {"model": "whisper-1"}, "voice": "echo",
        "turn_detection": {"type": "server_vad", "threshold": 0.65, "silence_duration_ms": 480, "create_response": False},
    },
    "a tool": {"tools": TOOLS, "tool_choice": "required", "turn_detection": None},
    "text": {"modalities": ["text"]},
}
SERVICES = ["openai", "azure", "azure-preview"]
PROGRAMS = ["python", "javascript", "typescript", "swift"]


def session_of(service, settings):
    return (PREVIEW if service == "azure-preview" else GA)[settings]


def generate(wanted):
    """Texts, for each of (language, service, settings, credential, port, name)."""
    arguments = [[language, {"service": service, "endpoint": f"http://127.0.0.1:{port}", "name": name,
                             "apiVersion": "2024-10-01-preview", "credential": credential}, session_of(service, settings)]
                 for language, service, settings, credential, port, name in wanted]
    made = subprocess.run(["node", HERE / "generate.js"], input=json.dumps(arguments), capture_output=True, text=True, check=True)
    return json.loads(made.stdout)


class Workshop:
    """Whatever is needed to run the programs. All that have to be compiled are compiled at once."""

    def __init__(self, folder, builds, servers):
        self.folder, self.builds, self.servers = folder, builds, servers
        self.built = {}
        (folder / "node_modules").mkdir()
        (folder / "node_modules" / "ws").symlink_to("/usr/share/nodejs/ws")
        (folder / "package.json").write_text('{"type": "module"}')
        # Whoever signs in is given a token by the Azure CLI. Here it is one that the server accepts.
        token = json.dumps({"accessToken": KEY, "expires_on": int(time.time()) + 3600, "expiresOn": "2099-01-01 00:00:00.000000",
                            "tokenType": "Bearer"})
        az = folder / "az"
        az.write_text(f"#!/bin/sh\ncase \"$*\" in *tsv*) echo {KEY} ;; *) echo '{token}' ;; esac\n")
        az.chmod(0o755)
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("AZURE_", "OPENAI_"))}
        self.environment = plain | {"PATH": f"{folder}:{os.environ['PATH']}", "NODE_PATH": "/usr/share/nodejs"}
        # Everything that any test asks for, so that it is compiled once.
        self.table = [(service, settings, "key", "keyed", "gpt-realtime") for service in SERVICES for settings in GA]
        self.table += [(service, "nothing", "none", "open", "gpt-realtime") for service in SERVICES]
        self.table += [(service, "nothing", "token", "keyed", "gpt-realtime") for service in SERVICES]
        self.table += [(service, "a tool", "key", "calling", name) for service in SERVICES for name in ("calling", "failing")]

    def command(self, language, case):
        """What runs a program."""
        if language in ("typescript", "swift"):
            if language not in self.built:
                self.built[language] = (self.compile if language == "typescript" else self.build)()
            made = self.built[language]
            return made[case]
        file = self.folder / f"program.{'py' if language == 'python' else 'mjs'}"
        file.write_text(self.texts(language, [case])[0])
        return [PYTHON if language == "python" else "node", file]

    def texts(self, language, cases):
        return generate([(language, service, settings, credential, self.servers[server], name)
                         for service, settings, credential, server, name in cases])

    def compile(self):
        names = [f"program{index}" for index in range(len(self.table))]
        for name, text in zip(names, self.texts("typescript", self.table)):
            (self.folder / f"{name}.ts").write_text(text)
        options = {"strict": True, "target": "es2022", "module": "es2022", "moduleResolution": "node", "lib": ["es2022"], "types": []}
        files = [str(HERE / "node.d.ts"), *(f"{name}.ts" for name in names)]
        (self.folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "files": files}))
        compiled = subprocess.run(["tsc"], cwd=self.folder, capture_output=True, text=True)
        assert compiled.returncode == 0, compiled.stdout
        return {case: ["node", self.folder / f"{name}.js"] for case, name in zip(self.table, names)}

    def build(self):
        """A package of somebody else's, with a program for each case. What it took from this repository is kept."""
        names = [f"Program{index}" for index in range(len(self.table))]
        shutil.rmtree(self.builds / "Sources", ignore_errors=True)
        for name, text in zip(names, self.texts("swift", self.table)):
            (self.builds / "Sources" / name).mkdir(parents=True)
            (self.builds / "Sources" / name / "main.swift").write_text(text)
        products = ", ".join(f'.product(name: "{name}", package: "vivavoce")'
                             for name in ("RealtimeClient", "RealtimeProtocol", "AzureIdentity"))
        (self.builds / "Package.swift").write_text(
            "// swift-tools-version: 6.2\nimport PackageDescription\n"
            f"let sdk: [Target.Dependency] = [{products}]\n"
            'let package = Package(name: "Programs", platforms: [.macOS(.v15)],\n'
            f'    dependencies: [.package(name: "vivavoce", path: "{ROOT}", traits: [])],\n'
            f'    targets: [{", ".join(f".executableTarget(name: {json.dumps(name)}, dependencies: sdk)" for name in names)}])\n')
        environment = {name: value for name, value in os.environ.items() if name != "VIVAVOCE_VENDOR"}
        arguments = os.environ.get("SWIFT_BUILD_ARGUMENTS", "").split()
        built = subprocess.run(["swift", "build", "--package-path", self.builds, *arguments], env=environment, capture_output=True,
                               text=True)
        assert built.returncode == 0, built.stdout + built.stderr
        return {case: [self.builds / ".build" / "debug" / name] for case, name in zip(self.table, names)}

    def run(self, language, case, key=KEY):
        """How a program ends, and the folder in which it ran."""
        folder = self.folder / "answers"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        environment = self.environment | {
            # Azure's library for Python spells the credential's name in its own way.
            "AZURE_TOKEN_CREDENTIALS": "AzureCliCredential" if language == "python" else "AzureCLICredential",
        }
        if key and case[2] != "none":
            environment["OPENAI_API_KEY" if case[0] == "openai" else "AZURE_OPENAI_API_KEY"] = key
        ended = subprocess.run(self.command(language, case), env=environment, cwd=folder, capture_output=True, text=True, timeout=120)
        assert KEY not in ended.stdout + ended.stderr
        return ended, folder


@pytest.fixture(scope="session")
def records(tmp_path_factory):
    return tmp_path_factory.mktemp("records")


@pytest.fixture(scope="session")
def ports(tmp_path_factory, records):
    """Of a server with a key, of one without, and of a service that calls a function."""
    def start(*arguments):
        folder = tmp_path_factory.mktemp("server")
        server = Server(folder, "--preset", "scripted", "--data-directory", str(folder / "data"), *arguments)
        server.wait_for("Ready")
        return server

    keyed, unlocked = start("--api-key", KEY, "--record", str(records)), start()
    calling = subprocess.Popen([PYTHON, HERE / "service.py"], stdout=subprocess.PIPE, text=True)
    yield {"keyed": keyed.port, "open": unlocked.port, "calling": int(calling.stdout.readline())}
    calling.kill()
    keyed.stop()
    unlocked.stop()


@pytest.fixture(scope="session")
def workshop(request, tmp_path_factory, ports):
    builds = pathlib.Path(request.config.cache.mkdir("snippets"))
    return Workshop(tmp_path_factory.mktemp("workshop"), builds, ports)


@pytest.fixture
def updates(records):
    """The settings that were asked for since, and taken."""
    before = set(records.iterdir())

    def read():
        end = time.monotonic() + 10
        while time.monotonic() < end:
            new = set(records.iterdir()) - before
            if len(new) == 1:
                lines = [json.loads(line) for line in (new.copy().pop() / "events.jsonl").read_text().split("\n") if line]
                sent = [line["out"]["type"] for line in lines if "out" in line]
                if "response.done" in sent:
                    asked = [line["in"]["message"]["_0"] for line in lines if "message" in line.get("in", {})]
                    found = [event["session"] for event in asked if event["type"] == "session.update"]
                    assert "error" not in sent and sent.count("session.updated") == len(found)
                    return found
            time.sleep(0.05)
        raise TimeoutError(f"no record of one session with a response: {new}")

    return read


def expected(service, settings):
    return [] if settings == "nothing" else [session_of(service, settings)]


@pytest.mark.parametrize("settings", GA)
@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("language", PROGRAMS)
def test_a_program_asks_for_the_settings_and_is_answered(workshop, updates, language, service, settings):
    ended, folder = workshop.run(language, (service, settings, "key", "keyed", "gpt-realtime"))
    assert ended.returncode == 0 and not ended.stderr, ended.stderr
    assert ended.stdout == "It is noon, more or less.\n"
    assert updates() == expected(service, settings)
    files = [file.name for file in folder.iterdir()]
    if settings == "text":
        assert not files
    elif language == "python":
        with wave.open(str(folder / "answer.wav")) as file:
            assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 24000) and file.getnframes() > 10_000
    else:
        assert files == ["answer.pcm"] and (folder / "answer.pcm").stat().st_size > 20_000


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("credential, server", [("none", "open"), ("token", "keyed")])
@pytest.mark.parametrize("language", PROGRAMS)
def test_a_program_gets_in(workshop, language, service, credential, server):
    key = KEY if service == "openai" else None
    ended, _ = workshop.run(language, (service, "nothing", credential, server, "gpt-realtime"), key)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "It is noon, more or less.\n"


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("language", PROGRAMS)
def test_a_wrong_key_is_said(workshop, language, service):
    ended, folder = workshop.run(language, (service, "nothing", "key", "keyed", "gpt-realtime"), "k3y-of-nobody")
    assert ended.returncode == 1 and len(ended.stderr.splitlines()) == 1, ended.stderr
    assert "401" in ended.stderr or "API key" in ended.stderr
    assert not list(folder.iterdir())


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("language", PROGRAMS)
def test_a_function_is_called(workshop, language, service):
    ended, _ = workshop.run(language, (service, "a tool", "key", "calling", "calling"))
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "It is sunny.\n", "")


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("language", PROGRAMS)
def test_a_failure_is_said(workshop, language, service):
    ended, _ = workshop.run(language, (service, "a tool", "key", "calling", "failing"))
    assert (ended.returncode, ended.stderr) == (1, "There is no tea.\n")


def is_in(part, whole):
    """Whether all that is said in one is said in the other, which may say more."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(name in whole and is_in(value, whole[name]) for name, value in part.items())
    if isinstance(part, list):
        return len(part) == len(whole) and all(map(is_in, part, whole))
    return part == whole


@pytest.mark.parametrize("settings", GA)
@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("credential", ["key", "token"])
def test_curl_makes_a_secret(workshop, ports, service, settings, credential):
    [text] = generate([("shell", service, settings, credential, ports["keyed"], "gpt-realtime")])

    def run(key):
        environment = workshop.environment | {"OPENAI_API_KEY": key, "AZURE_OPENAI_API_KEY": key}
        return subprocess.run(["bash"], input=text, env=environment, capture_output=True, text=True, timeout=60)

    made = run(KEY)
    assert made.returncode == 0, made.stderr
    reply = json.loads(made.stdout)
    session = reply if service == "azure-preview" else reply["session"]
    wanted = session_of(service, settings)
    assert session["model"] == "gpt-realtime" and is_in(wanted, session), session
    secret = (reply["client_secret"] if service == "azure-preview" else reply)["value"]
    assert secret.startswith("ek_")
    if credential == "key":
        refused = run("k3y-of-nobody")
        assert refused.returncode != 0 and "401" in refused.stderr and "message" in refused.stdout


@pytest.mark.parametrize("settings", GA)
@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("credential", ["key", "token"])
@pytest.mark.skipif(not shutil.which("wscat"), reason="no wscat")
def test_wscat_takes_the_lines(workshop, ports, updates, service, settings, credential):
    [text] = generate([("wscat", service, settings, credential, ports["keyed"], "gpt-realtime")])
    command, pasted, *_ = text.strip().split("\n\n")
    environment = workshop.environment | {"OPENAI_API_KEY": KEY, "AZURE_OPENAI_API_KEY": KEY}
    with subprocess.Popen(["timeout", "30", "bash", "-c", command], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as process:
        for line in process.stdout:
            if '"type":"session.created"' in line:  # it listens only now
                process.stdin.write("\n".join(pasted.split("\n")[1:]) + "\n")
                process.stdin.flush()
            if '"type":"response.done"' in line:
                break
        else:
            raise AssertionError("it ended before the answer did")
        process.stdin.close()
    assert updates() == expected(service, settings)
