"""`vivavoce talk` at a terminal, with programs in the place of arecord and aplay: this machine has no sound."""

import os
import pathlib
import pty
import re
import select
import signal
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
VIVAVOCE = ROOT / ".build" / "release" / "vivavoce"

# A second of a hum, four of silence, and so on: raw samples, 16 bits, 24 kHz, in real time.
ARECORD = """#!/usr/bin/env python3
import struct, sys, time
start, position = time.time(), 0
hum = [9000 if i % 100 < 50 else -9000 for i in range(480)]
while True:
    piece = hum if position % 120000 < 24000 else [0] * 480
    sys.stdout.buffer.write(struct.pack("<480h", *piece))
    sys.stdout.buffer.flush()
    position += 480
    time.sleep(max(0, start + position / 24000 - time.time()))
"""

APLAY = """#!/usr/bin/env python3
import pathlib, sys
count = 0
while piece := sys.stdin.buffer.read1(4096):
    count += len(piece)
    pathlib.Path(__file__).with_name("played").write_text(str(count))
"""


class Terminal:
    """A program at a terminal, and what it has written there."""

    def __init__(self, arguments, path):
        self.text = ""
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.environ["PATH"] = f"{path}:{os.environ['PATH']}"
            os.execv(arguments[0], arguments)

    def type(self, text):
        os.write(self.terminal, text.encode())

    def read(self, seconds):
        """Reads for as long as that, or until the program has ended; whether it goes on."""
        end = time.time() + seconds
        while (left := end - time.time()) > 0:
            if not select.select([self.terminal], [], [], left)[0]:
                continue
            try:
                piece = os.read(self.terminal, 65536)
            except OSError:  # the terminal's other end is closed
                return False
            self.text += piece.decode(errors="replace")
        return True

    def wait_for(self, words, patience=60):
        end = time.time() + patience
        while words not in self.text:
            assert time.time() < end and self.read(0.1), f"{words!r} did not come: {self.lines()}"

    def ends(self, patience=20):
        """The program's exit status."""
        end = time.time() + patience
        while self.read(0.1):
            assert time.time() < end, f"it did not end: {self.lines()}"
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])

    def lines(self):
        """What was written, without the meters."""
        parts = re.split(r"[\r\n]+|\x1b\[2K", self.text)
        return [part.strip() for part in parts if part.strip() and not part.startswith(" you ")]

    def stop(self):
        try:
            os.kill(self.process, signal.SIGKILL)
        except ProcessLookupError:
            pass


@pytest.fixture
def talk(tmp_path):
    for name, text in {"arecord": ARECORD, "aplay": APLAY}.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    terminals = []

    def start(*arguments):
        terminal = Terminal([str(VIVAVOCE), "talk", "--preset", "scripted", *arguments], tmp_path)
        terminals.append(terminal)
        return terminal

    yield start
    for terminal in terminals:
        terminal.stop()


def test_hands_free(talk, tmp_path):
    terminal = talk()
    terminal.wait_for("Answer: It is noon, more or less.")
    assert "You: What time is it?" in terminal.lines()
    assert re.search(" you ▮+▯+  answer", terminal.text), "the microphone's level is shown"
    terminal.wait_for("answer ▮")
    terminal.type("\x03")  # Ctrl-C
    assert terminal.ends() == 0
    # 18 letters of 50 ms, and the last of them may have been cut off by Ctrl-C.
    assert int((tmp_path / "played").read_text()) > 0


def test_push_to_talk(talk):
    terminal = talk("--push-to-talk")
    terminal.wait_for("Press Enter, speak, press Enter.")
    terminal.type("\r")
    terminal.wait_for("(Listening; Enter ends the turn.)")
    terminal.wait_for(" you ▮")  # meters go on while Enter is waited for
    terminal.read(0.5)
    assert not any(line.startswith("You:") for line in terminal.lines()), "the turn ends by Enter alone"
    terminal.type("\r")
    terminal.wait_for("Answer: It is noon, more or less.")
    assert "You: What time is it?" in terminal.lines()
    terminal.type("\x03")
    assert terminal.ends() == 0
