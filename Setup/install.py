#!/usr/bin/env python3
"""Copies what a server needs into a folder of its own: `make install PREFIX=/opt/vivavoce PRESET=standard`.

The program, its libraries and Swift's, the models of the preset, the unit for systemd. Nothing in it points back to the folder
that it was built in, which may go. Prints which Debian packages a machine needs to run it.
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import manifest
from setup import CHECKOUT, cache_folder

LIBRARY_PATH = b"$ORIGIN/../lib"
# Where the system's own libraries are, which come from packages.
SYSTEM = ("/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/")


def libraries(program: Path) -> dict[str, Path]:
    """What the program loads, by the name it is loaded under."""
    printed = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    missing = re.findall(r"^\s*(\S+) => not found", printed, re.M)
    if missing:
        sys.exit(f"{program} needs libraries that are not there: {', '.join(missing)}. Run `make build` first.")
    return {name: Path(path) for name, path in re.findall(r"^\s*(\S+) => (/\S+)", printed, re.M)}


def relocate(program: Path) -> None:
    """Lets the program look for libraries beside itself alone: the first folder of the path it was linked with is
    overwritten, and what follows ends there."""
    printed = subprocess.run(["readelf", "-d", program], check=True, capture_output=True, text=True).stdout
    path = re.search(r"Library (?:runpath|rpath): \[(.*)\]", printed)
    contents = program.read_bytes()
    old = path.group(1).encode() if path else b""
    if len(old) < len(LIBRARY_PATH) or contents.count(old + b"\0") != 1:
        sys.exit(f"{program} has another library path than expected: {old.decode()!r}.")
    program.write_bytes(contents.replace(old + b"\0", LIBRARY_PATH.ljust(len(old), b"\0") + b"\0"))


def copy(source: Path, target: Path, mode: int = 0o644) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    # Beside it first: a server that runs keeps the file it has.
    scratch = target.with_name(target.name + ".part")
    shutil.copyfile(source, scratch)
    os.chmod(scratch, mode)
    os.replace(scratch, target)


def packages(paths: list[Path]) -> list[str]:
    """The Debian packages that the libraries belong to; none where there is no dpkg."""
    if not shutil.which("dpkg"):
        return []
    names = set()
    for path in paths:
        for spelling in (path, Path(os.path.realpath(path)), Path("/usr") / str(path).lstrip("/")):
            found = subprocess.run(["dpkg", "-S", spelling], capture_output=True, text=True).stdout
            if found:
                names.add(found.split(":")[0])
                break
    return sorted(names)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prefix", type=Path, help="the folder, for example /opt/vivavoce")
    parser.add_argument("--preset", default="standard", help="whose models: small, standard or large (standard)")
    options = parser.parse_args()
    os.umask(0o022)
    prefix = options.prefix.absolute()
    program = prefix / "bin" / "vivavoce"
    try:
        copy(CHECKOUT / ".build" / "release" / "vivavoce", program, 0o755)
        loaded = libraries(CHECKOUT / ".build" / "release" / "vivavoce")
        own = {name: path for name, path in loaded.items() if not str(path).startswith(SYSTEM)}
        # Opened while it runs, if it is there.
        noise = CHECKOUT / "vendor" / "lib" / "librnnoise.so"
        if noise.exists():
            own[noise.name] = noise
        for name, path in own.items():
            copy(path, prefix / "lib" / name, 0o755)
        relocate(program)
        size = 0
        for artefact in manifest.load():
            if options.preset not in artefact.presets:
                continue
            for file in artefact.final_files:
                source = cache_folder() / file.to
                if file.to.startswith("models/") and source.exists():
                    copy(source, prefix / "share" / "vivavoce" / file.to)
                    size += source.stat().st_size
        unit = (CHECKOUT / "Packaging" / "vivavoce.service").read_text().replace("@PREFIX@", str(prefix))
        (prefix / "share" / "vivavoce" / "vivavoce.service").write_text(unit)
        copy(CHECKOUT / "docs" / "deploying.md", prefix / "share" / "doc" / "vivavoce" / "deploying.md")
        copy(CHECKOUT / "NOTICE.md", prefix / "share" / "doc" / "vivavoce" / "NOTICE.md")
        copy(CHECKOUT / "LICENSE", prefix / "share" / "doc" / "vivavoce" / "LICENSE")
    except OSError as problem:
        sys.exit(f"Nothing more was installed ({problem}). May you write to {prefix}?")
    needed = packages([path for path in loaded.values() if str(path).startswith(SYSTEM)])
    print(f"Installed in {prefix}: the program, {len(own)} libraries, {size / 1e6:.0f} MB of models ({options.preset}).")
    if needed:
        print(f"A machine that runs it needs: apt-get install {' '.join(needed)}")


if __name__ == "__main__":
    main()
