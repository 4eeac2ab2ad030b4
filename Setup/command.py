"""Runs other programs so that none of them outlives the set-up."""

import os
import shutil
import subprocess


class CommandFailed(Exception):
    def __init__(self, argv, output):
        self.output = output
        last = [line for line in output.strip().splitlines() if line.strip()][-3:]
        super().__init__(f"`{os.path.basename(str(argv[0]))}` failed: " + " / ".join(last or ["no output"]))


def run(argv, cwd=None, env=None, on_line=None, politely=False):
    """Runs to the end and returns what was printed; raises CommandFailed with the last words otherwise."""
    # A set-up that is killed must not leave a compiler or a download behind that writes where the next run works.
    prefix = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
    if politely and shutil.which("nice"):
        prefix += ["nice"]
    process = subprocess.Popen(
        [*prefix, *(str(part) for part in argv)],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    lines = []
    try:
        for line in process.stdout:
            lines.append(line)
            if on_line:
                on_line(line)
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if process.wait() != 0:
        raise CommandFailed(argv, "".join(lines))
    return "".join(lines)
