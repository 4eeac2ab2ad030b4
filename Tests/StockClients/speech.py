"""Real speech from the recordings that set-up fetches, in the formats a client sends."""

import base64
import os
import pathlib
import wave
from array import array

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
RECORDINGS = CACHE / "vivavoce" / "test-data" / "pocketsphinx"

# A sentence of "Sense and Sensibility" (LibriVox), 3 s, and words of it that even a small recognizer must get.
SENTENCE = RECORDINGS / "librivox" / "sense_and_sensibility_01_austen_64kb-0880.wav"
SENTENCE_WORDS = {"not", "young", "man"}
# "Ten of clubs", 1 s.
CARDS = RECORDINGS / "cards" / "001.wav"


def samples(path, rate):
    """The recording, mono, at `rate`."""
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2), path
        return resampled(array("h", file.readframes(file.getnframes())), file.getframerate(), rate)


def resampled(source, old, new):
    """Linear interpolation, with a short average first when the rate falls: good enough to be understood."""
    width = max(1, round(old / new))
    if width > 1:
        source = [sum(source[i : i + width]) // width for i in range(len(source) - width)]
    result = array("h")
    for i in range((len(source) - 1) * new // old):
        whole, part = divmod(i * old, new)
        result.append(source[whole] + (source[whole + 1] - source[whole]) * part // new)
    return result


def mu_law(sample):
    """One sample by ITU-T G.711."""
    sign, magnitude = (0x80, -sample) if sample < 0 else (0, sample)
    magnitude = min(magnitude, 32635) + 132
    exponent = magnitude.bit_length() - 8
    return ~(sign | exponent << 4 | magnitude >> (exponent + 3) & 0x0F) & 0xFF


def pcm16(path):
    return samples(path, 24000).tobytes()


def g711_ulaw(path):
    return bytes(map(mu_law, samples(path, 8000)))


def silence(milliseconds):
    """PCM16 at 24 kHz."""
    return bytes(48 * milliseconds)


def chunks(audio, size):
    """Pieces of `size` bytes as base64 text."""
    return [base64.b64encode(audio[i : i + size]).decode() for i in range(0, len(audio), size)]


def words(text):
    return set("".join(letter if letter.isalnum() else " " for letter in text.lower()).split())
