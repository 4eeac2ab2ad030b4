"""Python environments with pinned packages: the tools of the set-up, and the stock clients of the tests."""

import pathlib
import shutil
import sys

from command import run
from fetch import explained

REQUIREMENTS = pathlib.Path(__file__).with_name("requirements")


class Environments:
    def __init__(self, store, progress):
        self.folder = store.path("venvs")
        self.progress = progress

    def python(self, name):
        """The interpreter of the environment called `name`, which is made if it isn't there and up to date."""
        folder = self.folder / name
        python = folder / "bin" / "python"
        pinned = REQUIREMENTS / f"{name}.txt"
        wanted = pinned.read_text() if pinned.exists() else ""
        finished = folder / "finished"  # written last, so that an interrupted environment is made anew
        if python.exists() and finished.is_file() and finished.read_text() == wanted:
            return python
        shutil.rmtree(folder, ignore_errors=True)
        with self.progress.wait(f"Making the Python environment {name}"), explained(f"Python packages of {name}"):
            run([sys.executable, "-m", "venv", folder])
            if wanted:
                install = [python, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
                run([*install, "--only-binary", ":all:", "--retries", "2", "--timeout", "60", "-r", pinned])
        finished.write_text(wanted)
        return python

    def has(self, name):
        finished = self.folder / name / "finished"
        pinned = REQUIREMENTS / f"{name}.txt"
        python = self.folder / name / "bin" / "python"
        return python.exists() and finished.is_file() and finished.read_text() == pinned.read_text()

    def remove(self, name):
        shutil.rmtree(self.folder / name, ignore_errors=True)
