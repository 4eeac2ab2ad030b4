"""What a person sees while the set-up works: nothing for short waits, a bar with sizes for long ones."""

import contextlib
import shutil
import sys
import threading
import time

MB = 1_000_000
PATIENCE = 2.0  # seconds that pass before a wait is worth a word
LINE_EVERY = 10.0  # seconds between two lines where the output is a file and a bar would be noise


def megabytes(count):
    return f"{count / MB:.1f}"


class Progress:
    def __init__(self, stream=sys.stderr, quiet=False):
        self.stream = stream
        self.quiet = quiet
        self.is_terminal = stream.isatty()
        self._waits = []  # the innermost one is shown

    def say(self, text):
        """Something the person must know, also when quiet."""
        print(text, file=self.stream, flush=True)

    def note(self, text):
        if not self.quiet:
            self.say(text)

    @contextlib.contextmanager
    def wait(self, label, total=0, done=None, unit="MB"):
        """Shows how far a long step is. `done` returns bytes or steps and is asked from another thread."""
        if self.quiet:
            yield
            return
        finished = threading.Event()
        self._waits.append(finished)
        watcher = threading.Thread(target=self._watch, args=(label, total, done or (lambda: 0), unit, finished))
        watcher.start()
        try:
            yield
        finally:
            finished.set()
            watcher.join()
            self._waits.remove(finished)

    def _watch(self, label, total, done, unit, finished):
        begun = time.monotonic()
        if finished.wait(PATIENCE):
            return
        while True:
            if self._waits[-1] is finished:
                self._draw(label, total, min(done(), total) if total else done(), unit, time.monotonic() - begun)
            if finished.wait(0.2 if self.is_terminal else LINE_EVERY):
                break
        took = f"{label}: {time.monotonic() - begun:.0f} s"
        self._clear()
        print(took, file=self.stream, flush=True)

    def _draw(self, label, total, count, unit, seconds):
        if unit == "MB":
            amount = f"{megabytes(count)} / {megabytes(total)} MB" if total else ""
        else:
            amount = f"{count} {unit}"
        amount = amount or f"{seconds:.0f} s"
        if not self.is_terminal:
            print(f"{label}: {amount}", file=self.stream, flush=True)
            return
        bar = ""
        if total:
            filled = int(24 * count / total)
            bar = f" [{'#' * filled}{'.' * (24 - filled)}]"
        line = f"{label}{bar} {amount}"
        self._clear()
        self.stream.write(line[: shutil.get_terminal_size().columns - 1])
        self.stream.flush()

    def _clear(self):
        if self.is_terminal:
            self.stream.write("\r\x1b[K")
