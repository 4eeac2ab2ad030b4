"""From turns to a table."""

import collections
import math

FIGURES = {
    "speech_end_to_stopped": "end of speech → `speech_stopped`",
    "stopped_to_created": "`speech_stopped` → `response.created`",
    "stopped_to_audio": "`speech_stopped` → first audio delta",
    "stopped_to_audible": "`speech_stopped` → first audible sample",
    "voice_to_voice": "voice-to-voice",
    "leading_silence": "silence at the answer's start",
    "holes": "holes in playback, sum of a turn",
}
STAGES = {
    "speech_end_to_turn_end": "end of speech → end of the turn, on the sound's own clock",
    "stopped_to_transcript": "`speech_stopped` → transcript of what was heard",
    "stopped_to_word": "`speech_stopped` → first word of the answer",
    "word_to_audio": "first word → first audio delta",
}


def percentile(values, share):
    """With linear interpolation between the two nearest."""
    values = sorted(values)
    place = share * (len(values) - 1)
    low, high = math.floor(place), math.ceil(place)
    return values[low] + (values[high] - values[low]) * (place - low)


def table(runs, figures):
    lines = [
        "| ms | sessions | turns | p50 | p95 | min | max |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for key, title in figures.items():
        for run in runs:
            values = [row[key] for row in run["turns"] if row["failure"] is None and row[key] is not None]
            if values:
                cells = [percentile(values, 0.5), percentile(values, 0.95), min(values), max(values)]
                # A value under 10 ms needs its fraction: `response.created` takes less than one.
                shown = [f"{value:.0f}" if abs(value) >= 10 else f"{value:.1f}" for value in cells]
            else:
                shown = ["–"] * 4
            lines.append(f"| {title} | {run['sessions']} | {len(values)} | {' | '.join(shown)} |")
    return "\n".join(lines)


def failures(run):
    counted = collections.Counter(row["failure"] for row in run["turns"] if row["failure"])
    return "; ".join(f"{count} × {reason}" for reason, count in counted.most_common())
