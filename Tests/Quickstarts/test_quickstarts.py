import json
import os
import subprocess
import sys

import pytest
from conftest import blocks

SIGN_INS = ["keyed", "keyless"]


def check(said):
    """What the original's quickstart prints, line for line."""
    lines = said.stdout.splitlines()
    assert lines, said.stderr
    words = "".join(line.removeprefix("Received text delta: ") for line in lines if line.startswith("Received text delta: "))
    sizes = [int(line.split()[1]) for line in lines if line.endswith(" bytes of audio data.")]
    assert words.strip() and sizes and all(sizes), said.stdout + said.stderr
    others = [line for line in lines if not line.startswith("Received text delta: ")
              and not (line.startswith("Received ") and line.endswith(" bytes of audio data."))]
    assert not others
    assert said.returncode == 0, said.stderr


@pytest.mark.parametrize("sign_in", SIGN_INS)
def test_python(service, tmp_path, sign_in):
    program = tmp_path / "quickstart.py"
    program.write_text(blocks("python")[0])
    # Azure's library for Python spells the credential's name in its own way.
    environment = service.environment(sign_in) | {"AZURE_TOKEN_CREDENTIALS": "AzureCliCredential"}
    check(subprocess.run([sys.executable, program], env=environment, capture_output=True, text=True, timeout=60))


@pytest.mark.parametrize("sign_in", SIGN_INS)
def test_javascript(service, tmp_path, sign_in):
    program = tmp_path / "quickstart.js"
    program.write_text(blocks("javascript")[0])
    check(subprocess.run(["node", program], env=service.environment(sign_in), capture_output=True, text=True, timeout=60))


@pytest.mark.parametrize("sign_in", SIGN_INS)
def test_typescript(service, tmp_path, sign_in):
    (tmp_path / "quickstart.ts").write_text(blocks("typescript")[0])
    declarations = os.path.join(os.path.dirname(__file__), "node.d.ts")
    options = {"strict": True, "target": "es2020", "module": "commonjs", "types": []}
    (tmp_path / "tsconfig.json").write_text(
        json.dumps({"compilerOptions": options, "files": [declarations, "quickstart.ts"]}))
    compiled = subprocess.run(["tsc", "--outDir", tmp_path], cwd=tmp_path, capture_output=True, text=True)
    assert compiled.returncode == 0, compiled.stdout
    check(subprocess.run(["node", tmp_path / "quickstart.js"], env=service.environment(sign_in), capture_output=True,
                         text=True, timeout=60))


@pytest.mark.parametrize("sign_in", SIGN_INS)
def test_swift(service, consumer, sign_in):
    check(consumer.run("Quickstart", environment=service.environment(sign_in)))


@pytest.mark.parametrize("sign_in", SIGN_INS)
def test_text_in_audio_out(service, consumer, sign_in):
    said = consumer.run("TextInAudioOut", "Please assist the user.", environment=service.environment(sign_in))
    check(said)
    wanted = "AZURE_OPENAI_API_KEY" if sign_in == "keyed" else "Signed in without a key"
    assert wanted in said.stderr


def test_a_wrong_key_is_said(service, consumer):
    environment = service.keyed | {"AZURE_OPENAI_API_KEY": "k3y-of-nobody"}
    said = consumer.run("TextInAudioOut", environment=environment)
    assert said.returncode != 0 and "401" in said.stderr and "k3y-of-nobody" not in said.stderr


def test_nothing_of_the_server_comes_along(consumer, capsys):
    with capsys.disabled():
        print(f"\nThe SDK alone: built in {consumer.seconds:.0f} s with", ", ".join(consumer.dependencies))
    known = {"vivavoce", "swift-nio", "swift-nio-ssl", "swift-atomics", "swift-collections", "swift-system"}
    assert set(consumer.dependencies) <= known
