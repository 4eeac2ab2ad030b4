"""Python environments with pinned packages: the tools of the set-up, and the clients that the tests use.

What `requirements/NAME.txt` lists is installed from wheels only. `NAME-sources.txt` lists what has none: pip runs code
of such an archive to build it, so each is pinned by its hash.
"""

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
        pinned, sources = REQUIREMENTS / f"{name}.txt", REQUIREMENTS / f"{name}-sources.txt"
        wanted = "".join(file.read_text() for file in (pinned, sources) if file.exists())
        finished = folder / "finished"  # written last, so that an interrupted environment is made anew
        if python.exists() and finished.is_file() and finished.read_text() == wanted:
            return python
        shutil.rmtree(folder, ignore_errors=True)
        with self.progress.wait(f"Making the Python environment {name}"), explained(f"Python packages of {name}"):
            run([sys.executable, "-m", "venv", folder])
            if wanted:
                install = [python, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
                install += ["--retries", "2", "--timeout", "60"]
                if sources.exists():
                    run([*install, "--no-deps", "--require-hashes", "-r", sources])
                run([*install, "--only-binary", ":all:", "-r", pinned])
        finished.write_text(wanted)
        return python

    def remove(self, name):
        shutil.rmtree(self.folder / name, ignore_errors=True)
