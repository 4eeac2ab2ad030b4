"""The cache folder: every file in it is either finished and verified, or named `.part`."""

import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import shutil

CHUNK = 1 << 20


def cache_folder(environment=os.environ):
    base = environment.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):  # unset, or relative, which the XDG specification says to ignore
        base = os.path.join(os.path.expanduser("~"), ".cache")
    return pathlib.Path(base) / "vivavoce"


class Store:
    def __init__(self, folder, progress, distrust_stamps=False):
        self.folder = pathlib.Path(folder)
        self.progress = progress
        self.distrust_stamps = distrust_stamps
        self._stamp_file = self.folder / "stamps.json"
        self._stamps = self._read_stamps()
        self._hashed = set()  # in this run

    def _read_stamps(self):
        try:
            return json.loads(self._stamp_file.read_text())
        except (OSError, ValueError):
            return {}

    def path(self, relative):
        return self.folder / relative

    @contextlib.contextmanager
    def alone(self):
        """Two checkouts share one cache; the second set-up waits for the first."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "lock", "w") as lock:
            with self.progress.wait("Waiting for another set-up to finish"):
                fcntl.flock(lock, fcntl.LOCK_EX)
            self._stamps = self._read_stamps()
            yield

    # Verified files

    def has(self, file):
        """Whether the file is there and is the one the manifest names. A damaged one is removed and named."""
        path = self.path(file.to)
        found = self._hash_of(file.to)
        if found is None:
            return False
        if found == file.sha256 or found == self._accepted(path):
            return True
        self.progress.say(f"{file.to} is damaged or outdated; it is fetched or made again.")
        path.unlink()
        return False

    def has_hash(self, relative, sha256):
        return self._hash_of(relative) == sha256

    def _hash_of(self, relative):
        path = self.path(relative)
        try:
            status = path.stat()
        except OSError:
            return None
        stamp = self._stamps.get(relative, {})
        unchanged = stamp.get("size") == status.st_size and stamp.get("mtime") == status.st_mtime_ns
        if unchanged and (not self.distrust_stamps or relative in self._hashed):
            return stamp["sha256"]
        return self.stamp(relative)

    def stamp(self, relative):
        """Hashes a finished file and remembers its size and time, so that the next run need not hash it."""
        path = self.path(relative)
        digest = hashlib.sha256()
        size = path.stat().st_size
        with open(path, "rb") as file:
            with self.progress.wait(f"Verifying {path.name}", size, file.tell):
                while chunk := file.read(CHUNK):
                    digest.update(chunk)
        self._remember(relative, digest.hexdigest())
        return digest.hexdigest()

    def _remember(self, relative, sha256):
        status = self.path(relative).stat()
        self._hashed.add(relative)
        self._stamps[relative] = {"size": status.st_size, "mtime": status.st_mtime_ns, "sha256": sha256}
        scratch = self._stamp_file.with_suffix(".json.part")
        scratch.write_text(json.dumps(self._stamps, indent=1, sort_keys=True) + "\n")
        os.replace(scratch, self._stamp_file)

    def write(self, relative, chunks, sha256=None):
        """Writes a file under a `.part` name and renames it when its hash is right. False when it is not."""
        path = self.path(relative)
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_name(path.name + ".part")
        digest = hashlib.sha256()
        with open(scratch, "wb") as file:
            for chunk in chunks:
                digest.update(chunk)
                file.write(chunk)
        if sha256 is not None and digest.hexdigest() != sha256:
            scratch.unlink()
            return False
        os.replace(scratch, path)
        self._remember(relative, digest.hexdigest())
        return True

    # Derived files

    def accept_derived(self, file):
        """Takes a file that was made here. Other tools or another processor may round differently, which is no
        damage: a different hash is noted beside the file, and the tests then transcribe a fixture with it."""
        path = self.path(file.to)
        found = self.stamp(file.to)
        note = self._note(path)
        if found == file.sha256:
            note.unlink(missing_ok=True)
            return
        note.write_text(
            json.dumps(
                {
                    "note": "unverified: will be checked by transcribing a fixture",
                    "sha256": found,
                    "expected": file.sha256,
                },
                indent=1,
            )
            + "\n"
        )
        self.progress.say(f"{file.to} was made with another hash than expected; it is kept, as unverified.")

    def _accepted(self, path):
        try:
            return json.loads(self._note(path).read_text())["sha256"]
        except (OSError, ValueError, KeyError):
            return None

    @staticmethod
    def _note(path):
        return path.with_name(path.name + ".unverified.json")

    # Folders that can go

    def remove(self, relative):
        shutil.rmtree(self.path(relative), ignore_errors=True)
        stale = [key for key in self._stamps if key == relative or key.startswith(f"{relative}/")]
        for key in stale:
            del self._stamps[key]

    def remove_leftovers(self):
        """What an interrupted run left half-done below downloads/; finished carriers stay and are used."""
        for leftover in self.path("downloads").glob("*.part"):
            shutil.rmtree(leftover, ignore_errors=True)
