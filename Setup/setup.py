#!/usr/bin/env python3
"""Gets a machine ready to build and run Vivavoce. See README.md beside this file."""

import argparse
import importlib.util
import os
import pathlib
import sys

if sys.version_info < (3, 11):
    sys.exit("Python 3.11 or later is needed: install a newer python3.")

import build_llama
import convert
import machine
import manifest
from command import CommandFailed, run
from environments import Environments
from fetch import CarrierFailed, Fetcher, NotToBeHad, PackageClients, Unreachable
from progress import Progress, megabytes
from store import Store, cache_folder

CHECKOUT = pathlib.Path(__file__).resolve().parent.parent
PRESETS = ("small", "standard", "large")
FALLS_BACK_TO = {"large": "standard", "standard": "small"}
TESTS = "tests"
CLIENTS = ("openai-ga", "openai-beta")
FRAMEWORKS = ("frameworks", "quickstarts")
BROWSER = ("playground",)


class Failed(Exception):
    """Set-up can't go on; the message is one sentence with the remedy."""


class Setup:
    def __init__(self, artefacts, store, progress, client=None, cpu_flags=frozenset()):
        self.artefacts = artefacts
        self.store = store
        self.progress = progress
        self.environments = Environments(store, progress)
        self.fetcher = Fetcher(store, progress, client or PackageClients(self._python_with_pip))
        self.cpu_flags = cpu_flags

    def _python_with_pip(self):
        return sys.executable if importlib.util.find_spec("pip") else self.environments.python("fetch")

    # Presets

    def provide(self, preset):
        """Completes the preset, or the next smaller one where an artefact can't be had. Returns which it was."""
        said = []
        while True:
            try:
                self.complete(preset)
            except NotToBeHad as failure:
                smaller = FALLS_BACK_TO.get(preset)
                if smaller is None:
                    raise Failed(self.explain(preset, failure)) from failure
                said.append(
                    f"The preset {preset} can't be had ({failure}); set-up falls back to the preset {smaller}."
                )
                preset = smaller
            else:
                for line in said:
                    self.progress.say(line)
                return preset

    def needed(self, group):
        return [artefact for artefact in self.artefacts if group in artefact.presets]

    def complete(self, group):
        for artefact in self.needed(group):
            if self.is_complete(artefact):
                continue
            try:
                self.make(artefact)
            except NotToBeHad as failure:
                if not artefact.optional:
                    raise
                self.progress.say(f"{artefact.what} is left out for now, the rest works without it ({failure}).")

    def is_complete(self, artefact):
        if artefact.recipe == "llama":
            return build_llama.is_built(self.store, artefact.files[0], self.cpu_flags)
        return all([self.store.has(file) for file in artefact.final_files])

    def explain(self, group, failure):
        missing = []
        for artefact in self.needed(group):
            if not self.is_complete(artefact):
                missing += [file for file in artefact.final_files or artefact.files if not self.store.has(file)]
        if failure.offline:
            amount = megabytes(sum(file.size for file in missing))
            return (
                f"There is no network, and the cache {self.store.folder} still lacks {len(missing)} files ({amount} MB):"
                " run this again where `pip download` works, or copy that folder from a machine that has it."
            )
        artefact = next(a for a in self.artefacts if a.name == failure.artefact)
        places = ", ".join(str(self.store.path(file.to)) for file in artefact.final_files or artefact.files)
        return (
            f"{artefact.what} could not be had ({failure}): get the files from {artefact.upstream} and put them at"
            f" {places}, where their SHA-256 is checked, then run this again."
        )

    # One artefact

    def make(self, artefact):
        try:
            if artefact.part_hashes:
                self._join(artefact)
            else:
                self.fetcher.bring(artefact.files, artefact.sources)
            if artefact.recipe:
                getattr(self, f"_make_{artefact.recipe}")(artefact)
        except NotToBeHad as failure:
            failure.artefact = artefact.name
            raise
        except (CarrierFailed, CommandFailed) as problem:
            failure = NotToBeHad(artefact.final_files, [problem])
            failure.artefact = artefact.name
            raise failure from problem
        self.store.remove(f"work/{artefact.name}")

    def _join(self, artefact):
        (whole,) = artefact.files
        pieces = []
        for piece, sources in manifest.parts(artefact):
            self.fetcher.bring([piece], sources)
            pieces.append(piece)
            for source in sources:
                self.fetcher.drop(source)
        written = 0

        def chunks():
            nonlocal written
            for piece in pieces:
                with open(self.store.path(piece.to), "rb") as file:
                    while chunk := file.read(1 << 20):
                        written += len(chunk)
                        yield chunk

        with self.progress.wait(f"Joining {artefact.what}", whole.size, lambda: written):
            if not self.store.write(whole.to, chunks(), whole.sha256):
                raise CarrierFailed(f"the joined parts of {artefact.what} have another hash than the whole")

    def _input(self, artefact, name):
        return next(self.store.path(file.to) for file in artefact.files if file.to.endswith(name))

    def _derive(self, artefact, contents):
        for file in artefact.makes:
            self.store.write(file.to, [contents[file.to.rsplit("/", 1)[1]]])
            self.store.accept_derived(file)

    def _make_tokens(self, artefact):
        tokenizer = self._input(artefact, "tokenizer.bin").read_bytes()
        self._derive(artefact, {"tokens.txt": convert.moonshine_tokens(tokenizer)})

    def _make_moonshine(self, artefact):
        source = self._input(artefact, "tokenizer.bin").parent
        results = source / "converted"
        results.mkdir(exist_ok=True)
        python = self.environments.python("convert")
        with self.progress.wait(f"Quantising {artefact.what}"):
            run([python, pathlib.Path(convert.__file__), source, results])
        contents = {path.name: path.read_bytes() for path in results.glob("*.onnx")}
        contents["tokens.txt"] = convert.moonshine_tokens((source / "tokenizer.bin").read_bytes())
        self._derive(artefact, contents)
        self.environments.remove("convert")

    def _make_iq4_nl(self, artefact):
        (source,), (made,) = artefact.files, artefact.makes
        native, work = self.store.path("native"), self.store.path(source.to).parent
        program, result = work / "requantise", work / "made.gguf"
        libraries = [f"-L{native / 'lib'}", f"-Wl,-rpath,{native / 'lib'}", "-lllama", "-lggml", "-lggml-base"]
        with self.progress.wait(f"Requantising {artefact.what}"):
            code = CHECKOUT / "Setup" / "requantise.c"
            run(["gcc", "-O1", f"-I{native / 'include' / 'llama'}", code, "-o", program, *libraries])
            run([program, self.store.path(source.to), result], politely=True)
        self.store.path(made.to).parent.mkdir(parents=True, exist_ok=True)
        os.replace(result, self.store.path(made.to))
        self.store.accept_derived(made)

    def _make_llama(self, artefact):
        build_llama.build(self.store, self.progress, self.environments, artefact.files[0], self.cpu_flags)

    # What the tests need

    def provide_tests(self):
        try:
            self.complete(TESTS)
        except NotToBeHad as failure:
            raise Failed(self.explain(TESTS, failure)) from failure
        self.install("the tests' stock clients", CLIENTS)

    def provide_frameworks(self):
        self.install("the tests' agent frameworks and quickstarts", FRAMEWORKS)

    def provide_browser(self):
        self.install("what drives the browser", BROWSER)

    def install(self, what, environments):
        try:
            for name in environments:
                self.environments.python(name)
        except Unreachable as problem:
            raise Failed(
                f"There is no network, and the cache {self.store.folder} lacks {what}:"
                " run this again where `pip install` works."
            ) from problem
        except CarrierFailed as problem:
            what = what[0].upper() + what[1:]
            raise Failed(f"{what} can't be installed ({problem}): mend that and run this again.") from problem


def link_vendor(native, checkout):
    """The manifest and the C modules find the libraries under this name, whichever cache they are in."""
    vendor = checkout / "vendor"
    if vendor.is_symlink() and vendor.readlink() == native:
        return
    if vendor.exists() and not vendor.is_symlink():
        raise Failed(f"{vendor} is not a link made by set-up: move it away and run this again.")
    scratch = vendor.with_name("vendor.part")
    scratch.unlink(missing_ok=True)
    scratch.symlink_to(native)
    os.replace(scratch, vendor)


def arguments():
    parser = argparse.ArgumentParser(description="Gets this machine ready to build and run Vivavoce.")
    parser.add_argument(
        "--preset",
        action="append",
        choices=(*PRESETS, "none"),
        help="which models; may be given more than once, the first is the one to serve with (default: standard)",
    )
    parser.add_argument("--tests", action="store_true", help="also what the tests need: recorded speech, stock clients")
    parser.add_argument("--browser", action="store_true", help="also the browser that the playground is tested in")
    parser.add_argument("--frameworks", action="store_true", help="also the agent frameworks and the quickstarts' languages that are tested with")
    parser.add_argument("--check", action="store_true", help="hash every file instead of trusting its time and size")
    parser.add_argument("--quiet", action="store_true", help="say only what went wrong")
    return parser.parse_args()


def main():
    options = arguments()
    progress = Progress(quiet=options.quiet)
    presets = [preset for preset in options.preset or ["standard"] if preset != "none"]
    try:
        machine.check_tools()
        reason = machine.why_no_local_engines() if presets else None
        if reason:
            progress.say(f"The local engines are left out ({reason}); everything else builds and works.")
            presets = []
        packages = dict(machine.BUILD_PACKAGES)
        packages |= machine.ENGINE_PACKAGES if presets else {}
        packages |= machine.TEST_PACKAGES if options.tests else {}
        packages |= machine.FRAMEWORK_PACKAGES if options.frameworks else {}
        packages |= machine.BROWSER_PACKAGES if options.browser else {}
        machine.install_packages(packages, progress)

        store = Store(cache_folder(), progress, distrust_stamps=options.check)
        setup = Setup(manifest.load(), store, progress, cpu_flags=machine.cpu_flags())
        with store.alone():
            store.remove_leftovers()
            provided = [setup.provide(preset) for preset in presets]
            if provided:
                store.write("preset", [provided[0].encode() + b"\n"])
                link_vendor(store.path("native"), CHECKOUT)
            if options.tests:
                setup.provide_tests()
            if options.frameworks:
                setup.provide_frameworks()
            if options.browser:
                setup.provide_browser()
            # Every file that counts is out of its carrier and verified.
            store.remove("downloads")
            store.remove("work")
    except (machine.Lacking, Failed) as problem:
        progress.say(str(problem))
        return 1
    except OSError as problem:
        progress.say(f"Set-up stopped ({problem}): mend that and run it again; it goes on where it stopped.")
        return 1
    except KeyboardInterrupt:
        progress.say("Interrupted: run the same command again to go on where it stopped.")
        return 130
    if provided:
        progress.note(f"Set-up is complete: preset {provided[0]}, in {store.folder}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
