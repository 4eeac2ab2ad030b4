"""What the server wrote down of this run's sessions, all of them: replayed, it says the same."""

import subprocess

from server import BINARY


def test_replay_says_the_same(server, recordings):
    folders = sorted(path for path in recordings.iterdir() if path.is_dir())
    assert folders and all(folder.stat().st_mode & 0o777 == 0o700 for folder in folders)
    wrong = []
    for folder in folders:
        ended = subprocess.run([BINARY, "replay", str(folder)], capture_output=True, text=True, timeout=120)
        if ended.returncode:
            wrong.append(f"{folder}: {ended.stdout}{ended.stderr}")
    assert not wrong, "\n".join(wrong)
