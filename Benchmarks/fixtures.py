"""Real speech, cut from the recordings that set-up fetches, as the messages with which a client sends it.

    python Benchmarks/fixtures.py     checks the cuts and the labels of fixtures.json by energy
"""

import base64
import dataclasses
import json
import math
import os
import pathlib
import statistics
import sys
import wave
from array import array
from operator import mul

LABELS = pathlib.Path(__file__).parent.parent / "Sources/RealtimeBench/Speech/utterances.json"
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "vivavoce"
RATE = 24000
APPEND = 480  # samples in a message: 20 ms
LONGEST_PAUSE = 0.15  # seconds within an utterance, so that 200 ms of silence do not split it
TAPS = 16  # of the resampler's filter, to each side, in samples of the slower rate


@dataclasses.dataclass
class Fixture:
    name: str
    seconds: float  # of speech
    messages: list  # `input_audio_buffer.append`, 20 ms each
    last: int  # the index of the message whose last sample is the last one of speech


def append_message(samples):
    audio = base64.b64encode(samples.tobytes()).decode()
    return f'{{"type":"input_audio_buffer.append","audio":"{audio}"}}'.encode()


SILENCE = append_message(array("h", bytes(2 * APPEND)))


def labels():
    return json.loads(LABELS.read_text())


def load(label):
    samples, offset = resampled(recording(label)[label["start"] : label["end"]], label["rate"], RATE), label["start"]
    spoken = (label["speech_end"] + 1 - offset) * RATE // label["rate"]
    # Silence goes before it so that the last sample of speech ends a message: then the moment at which that sample is
    # sent is the moment at which it was spoken.
    samples = array("h", bytes(2 * (-spoken % APPEND))) + samples
    spoken += -spoken % APPEND
    samples.extend(bytes(-len(samples) % APPEND))
    messages = [append_message(samples[i : i + APPEND]) for i in range(0, len(samples), APPEND)]
    return Fixture(label["name"], spoken / RATE, messages, spoken // APPEND - 1)


def recording(label):
    path = CACHE / "test-data" / label["file"]
    if not path.exists():
        sys.exit(f"{path} is missing: `make test` fetches it.")
    if path.suffix == ".raw":
        return array("h", path.read_bytes())
    with wave.open(str(path)) as file:
        found = (file.getnchannels(), file.getsampwidth(), file.getframerate())
        if found != (1, 2, label["rate"]):
            sys.exit(f"{path} is not 16-bit mono at {label['rate']} Hz.")
        return array("h", file.readframes(file.getnframes()))


def resampled(source, old, new):
    """By a windowed sinc, which delays nothing: a label keeps its place. Only for rates of a simple ratio."""
    if old == new:
        return source
    divisor = math.gcd(old, new)
    up, down = new // divisor, old // divisor
    cutoff = min(1, new / old) * 0.95
    reach = math.ceil(TAPS / cutoff)
    # One filter for each place at which a new sample can stand between two old ones.
    filters = []
    for phase in range(up):
        distances = [tap - phase / up for tap in range(1 - reach, reach + 1)]
        taps = [sinc(cutoff * d) * (0.5 + 0.5 * math.cos(math.pi * d / (reach + 1))) for d in distances]
        filters.append([tap / sum(taps) for tap in taps])
    padded = array("h", bytes(2 * reach)) + source + array("h", bytes(2 * (reach + 1)))
    result = array("h")
    for i in range(len(source) * up // down):
        whole, phase = divmod(i * down, up)
        value = sum(map(mul, filters[phase], padded[whole + 1 : whole + 1 + 2 * reach]))
        result.append(max(-32768, min(32767, round(value))))
    return result


def sinc(x):
    return math.sin(math.pi * x) / (math.pi * x) if x else 1.0


def levels(samples, rate):
    """dBFS of each 10 ms."""
    size = rate // 100
    frames = [samples[i : i + size] for i in range(0, len(samples) - size + 1, size)]
    return [20 * math.log10(max(1, math.sqrt(sum(map(mul, f, f)) / size)) / 32768) for f in frames]


def check():
    """Prints what the labels rest on; an utterance with a long pause would be split, a loud tail is a wrong label."""
    print("| fixture | speech s | loudest | longest pause ms | last 50 ms | next 80 ms |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    wrong = []
    for label in labels():
        rate, after = label["rate"], label["speech_end"] + 1
        whole = recording(label)
        speech = levels(whole[label["start"] : after], rate)
        tail = levels(whole[after : label["end"]], rate)
        # Pauses lie below what the loud half of the speech has by 25 dB.
        quiet = statistics.median(sorted(speech)[len(speech) // 2 :]) - 25
        begun = next(i for i, level in enumerate(speech) if level >= quiet)
        pause = longest = 0
        for level in speech[begun:]:
            pause = pause + 1 if level < quiet else 0
            longest = max(longest, pause)
        last, rest = max(speech[-5:]), statistics.median(tail)
        if longest / 100 > LONGEST_PAUSE or last < rest + 6:
            wrong.append(label["name"])
        cells = [f"{len(speech) / 100:.2f}", f"{max(speech):.0f}", str(10 * longest), f"{last:.0f}", f"{rest:.0f}"]
        print(f"| {label['name']} | {' | '.join(cells)} |")
    print(f"Doubtful: {', '.join(wrong)}." if wrong else "No long pause, no loud tail.")


if __name__ == "__main__":
    check()
