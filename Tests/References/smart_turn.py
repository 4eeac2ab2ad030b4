"""Writes down what Smart Turn's own inference makes of our recordings: SmartTurnReference.swift.

    pip download --no-deps pipecat-ai==1.14.0 && unzip pipecat_ai-1.14.0-py3-none-any.whl -d pipecat
    pip install numpy==2.4.6 onnxruntime==1.28.0        # in an environment that is thrown away
    python Tests/References/smart_turn.py pipecat

The spectrograms are those of its _whisper_features.py, which stands for transformers' WhisperFeatureExtractor.
"""

import importlib.util
import os
import pathlib
import sys
import wave

import numpy
import onnxruntime

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "vivavoce/test-data"
TARGET = pathlib.Path(__file__).parents[1] / "LocalEnginesTests/SmartTurn/SmartTurnReference.swift"
LENGTH = 8 * 16000
# One that is shorter than 8 s, so that there is silence before it, and one that is longer.
SPECTROGRAMS = ["pocketsphinx/librivox/sense_and_sensibility_01_austen_64kb-0880.wav", "moonshine/beckett.wav"]
FRAMES = [0, 1, 200, 499, 500, 501, 620, 700, 760, 798, 799]


def samples(path):
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16000, 1, 2), path
        sound = numpy.frombuffer(file.readframes(file.getnframes()), numpy.int16).astype(numpy.float32) / 32768
    sound = sound[-LENGTH:]
    return numpy.pad(sound, (LENGTH - len(sound), 0))


def main(package):
    turn = pathlib.Path(package) / "pipecat/audio/turn/smart_turn"
    spec = importlib.util.spec_from_file_location("features", turn / "_whisper_features.py")
    features = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(features)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(turn / "data/smart-turn-v3.2-cpu.onnx"), options)

    lines = [
        "/// What Smart Turn's own inference makes of our recordings. Made by Tests/References/smart_turn.py.",
        "enum SmartTurnReference {",
        "    /// A recording, and the probability of a finished turn at its end.",
        "    static let probabilities: [(file: String, probability: Float)] = [",
    ]
    files = sorted(CACHE.glob("pocketsphinx/*/*.wav")) + [CACHE / "moonshine/beckett.wav"]
    for file in files:
        spectrogram = features.compute_whisper_log_mel_features(samples(file), do_normalize=True)
        probability = session.run(None, {"input_features": spectrogram[None]})[0][0, 0]
        lines.append(f'        ("{file.relative_to(CACHE)}", {probability:.4f}),')
    lines += [
        "    ]",
        "",
        "    /// Frames of which the spectrograms are given.",
        f"    static let frames = {FRAMES}",
        "    /// A recording, and its spectrogram: for each of the frames its 80 bands.",
        "    static let spectrograms: [(file: String, values: String)] = [",
    ]
    for file in SPECTROGRAMS:
        spectrogram = features.compute_whisper_log_mel_features(samples(CACHE / file), do_normalize=True)
        lines += ["        (", f'            "{file}",', '            """']
        for frame in FRAMES:
            for start in range(0, 80, 10):
                lines.append("            " + " ".join(f"{value:.5f}" for value in spectrogram[start : start + 10, frame]))
        lines += ['            """', "        ),"]
    lines += ["    ]", "}", ""]
    TARGET.write_text("\n".join(lines))


if __name__ == "__main__":
    main(*sys.argv[1:])
