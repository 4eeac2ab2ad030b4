"""How soon the server sees that somebody has finished, and how often it takes a pause for an end.

It speaks the joined recordings of turn-ends.json to a server in real time, some at once, and asks for no answers.
README.md says how to read the tables.
"""

import argparse
import asyncio
import collections
import json
import math
import os
import pathlib
import random
import statistics
import sys
import time

import websockets

import fixtures
import machine
import server
from fixtures import APPEND, RATE

LABELS = pathlib.Path(__file__).with_name("turn-ends.json")
LEAD = RATE * 2 // 5  # room before a turn begins
TAIL = RATE * 8 // 100  # of the recording after the last sample of speech, before only the room is heard
FADE = RATE // 200  # where a recording is cut, or it clicks
AFTERWARDS = 5 * RATE  # room after a turn
BUDGET = 300  # ms
FEW = 0.05  # false cut-offs
ENDS, PAUSES = ("stop", "clause"), ("cut", "pause")
DETECTORS = ["semantic_vad:low", "semantic_vad:medium", "server_vad:200", "server_vad:500", "semantic_vad:high"]
PATIENCE = 10  # seconds for the server to set up a session

# The rules of Session+Turn.swift, in samples of 24 kHz: what is computed rests on them.
WINDOW = 768
SPEECH, VOICE = 0.5, 0.35  # from here on a window may be speech; below it the voice has ended
CERTAIN = 3 * WINDOW
SURE = 6 * WINDOW  # the wait of `semantic_vad` if it is sure
# How sure it must be, and the waits in ms if the text has not ended and if it is not sure.
RULES = {"low": (0.8, 1000, 8000), "medium": (0.5, 800, 4000), "high": (0.3, 500, 2000)}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--detectors", nargs="+", default=DETECTORS, metavar="TYPE:SETTING",
                        help=f"what to measure (default: {' '.join(DETECTORS)}); from the recordings of the first "
                        "semantic one the other settings are computed")
    parser.add_argument("--sessions", type=int, default=4, help="how many at once (default: 4)")
    parser.add_argument("--turns", type=int, help="only so many turns, for a quick look")
    parser.add_argument("--url", default="ws://127.0.0.1:8080", help="the server, which runs (default: %(default)s)")
    parser.add_argument("--recordings", type=pathlib.Path, metavar="FOLDER",
                        help="what it was started with as --record; without it nothing is computed")
    parser.add_argument("--api-key", default=os.environ.get("VIVAVOCE_API_KEY"), help="its key (or VIVAVOCE_API_KEY)")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write what was seen there")
    parser.add_argument("--read", type=pathlib.Path, metavar="FILE", help="measure nothing, report such a file")
    return parser.parse_args()


# What is spoken


def spoken_turns(limit=None):
    """Each turn's sound, and where its pauses and its end are, in samples of 24 kHz."""
    labels = json.loads(LABELS.read_text())
    whole = {}

    def sound(label):
        if label["file"] not in whole:
            whole[label["file"]] = fixtures.resampled(fixtures.recording(label), label["rate"], RATE)
        return whole[label["file"]]

    def place(label, edge):
        return label[edge] * RATE // label["rate"]

    rooms = {who: sound(room)[place(room, "start") : place(room, "end")] for who, room in labels["rooms"].items()}
    return [joined(turn, rooms[turn["speaker"]], sound, place) for turn in labels["turns"][:limit]]


def joined(turn, room, sound, place):
    made = quiet(room, LEAD)
    pauses = []
    pieces = turn["pieces"]
    for piece, after in zip(pieces, pieces[1:] + [None]):
        start, end, kind = place(piece, "start"), place(piece, "end"), piece["kind"]
        before = len(made)
        if kind == "pause":
            made += sound(piece)[start : place(after, "start")]
        else:
            made += sound(piece)[start : end + (TAIL if kind in ENDS else 0)]
        if not (pauses and pauses[-1]["kind"] == "pause"):
            fade(made, before, 1)
        if kind != "pause":
            fade(made, len(made), -1)
        if kind not in ENDS:
            made += quiet(room, 0 if kind == "pause" else piece["gap"] * RATE // 1000)
            pauses.append({"kind": kind, "start": before + end - start, "end": len(made), "gap": piece["gap"],
                           "source": f"{piece['file']} {piece['end']}"})
    end = before + end - start
    made += quiet(room, AFTERWARDS - (len(made) - end))
    # The last sample of speech is the last of its message: it is sent when it was spoken.
    shift = -end % APPEND
    made = quiet(room, shift) + made
    made.extend(quiet(room, -len(made) % APPEND))
    for pause in pauses:
        pause["start"] += shift
        pause["end"] += shift
    return {"speaker": turn["speaker"], "sound": made, "end": end + shift, "kind": kind,
            "source": f"{piece['file']} {piece['end']}",
            "pauses": [pause for pause in pauses if pause["kind"] in PAUSES]}


def quiet(room, length):
    """The room of a recording, forwards and backwards so that its ends meet."""
    both = room + room[::-1]
    return (both * (length // len(both) + 1))[:length]


def fade(samples, at, direction):
    for i in range(FADE):
        place = at + i if direction > 0 else at - 1 - i
        samples[place] = samples[place] * i // FADE


# Speaking it


def detection(name):
    kind, _, setting = name.partition(":")
    wish = {"type": kind, "create_response": False, "interrupt_response": False}
    return wish | ({"eagerness": setting} if kind == "semantic_vad" else {"silence_duration_ms": int(setting)})


async def speak(url, headers, turn, name):
    """One session that says one turn. Returns where and how late the server said that it was over."""
    sound = turn["sound"]
    messages = [fixtures.append_message(sound[i : i + APPEND]).decode() for i in range(0, len(sound), APPEND)]
    sent, stops = [], []
    async with server.connected(url, headers) as connection:
        session = json.loads(await asyncio.wait_for(connection.recv(), PATIENCE))["session"]["id"]
        settings = {"type": "realtime", "audio": {"input": {"turn_detection": detection(name)}}}
        await connection.send(json.dumps({"type": "session.update", "session": settings}))
        answer = json.loads(await asyncio.wait_for(connection.recv(), PATIENCE))
        if answer["type"] != "session.updated":
            raise RuntimeError(f"{name} was refused: {answer}")

        async def listen():
            async for message in connection:
                now = time.monotonic()
                event = json.loads(message)
                if event["type"] == "input_audio_buffer.speech_stopped":
                    stops.append((event["audio_end_ms"], now))
                elif event["type"] == "error":
                    print(f"{name}: {event['error']['message']}", file=sys.stderr)

        listening = asyncio.create_task(listen())
        begun = time.monotonic()
        for number, message in enumerate(messages):
            if (wait := begun + number * APPEND / RATE - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            sent.append(time.monotonic())
            await connection.send(message)
        await asyncio.sleep(0.3)
        listening.cancel()
    # A sample is spoken when its message has been sent.
    return {"session": session, "stops": [
        {"ms": ms, "late": round(1000 * (at - sent[min(len(sent) - 1, math.ceil(ms * RATE / 1000 / APPEND) - 1)]), 1),
         "after_end": round(1000 * (at - sent[turn["end"] // APPEND - 1]), 1)}
        for ms, at in stops]}


async def measure(options, url, turns, recordings):
    headers = {"Authorization": f"Bearer {options.api_key}"} if options.api_key else {}
    jobs = collections.deque((name, index) for name in options.detectors for index in range(len(turns)))
    seen = {name: [None] * len(turns) for name in options.detectors}
    everything = len(jobs)

    async def work(number):
        await asyncio.sleep(0.7 * number)  # or all judge their first pause at once
        while jobs:
            name, index = jobs.popleft()
            try:
                result = await speak(url, headers, turns[index], name)
            except (OSError, RuntimeError, TimeoutError, websockets.WebSocketException) as error:
                print(f"{name}, turn {index}: {error or type(error).__name__}", file=sys.stderr)
                continue
            if recordings:
                result["recorded"] = recorded(recordings / result["session"] / "events.jsonl")
            seen[name][index] = result
            if (done := everything - len(jobs)) % 20 == 0:
                print(f"{done} of {everything}, now {name}", file=sys.stderr, flush=True)

    await asyncio.gather(*map(work, range(options.sessions)))
    return seen


def recorded(path):
    """What the voice detector heard, and what was made of the pauses."""
    found = {"windows": [], "judged": {}, "texts": []}
    with path.open() as file:
        for line in file:
            event = json.loads(line).get("in", {})
            if "audio" in event:
                found["windows"] += [(w["end"], round(w["probability"], 4)) for w in event["audio"]["_0"]["windows"]]
            elif "judged" in event:
                judgement = event["judged"]["_0"]
                found["judged"][str(judgement["voiced_until"])] = round(judgement["probability"], 4)
            elif "recognized" in event and found["windows"]:
                found["texts"].append((found["windows"][-1][0], event["recognized"]["_0"].get("text") or ""))
    return found


# What is counted


def outcome(turn, stops):
    """The pauses at which the turn was taken to be over, and the first stop after its end. `stops` are ms."""
    cut = [next((stop for stop in stops if pause["start"] < stop * RATE / 1000 <= pause["end"] + CERTAIN), None)
           for pause in turn["pauses"]]
    end = turn["end"] * 1000 / RATE
    return cut, next((stop - end for stop in stops if stop >= end), None)


def computed(heard, wait):
    """Where turns would end, in ms, if `wait(probability, text)` samples of silence ended them."""
    stops, onset, voiced, texts, text = [], None, None, collections.deque(heard.get("texts", [])), ""
    for end, probability in heard["windows"]:
        while texts and texts[0][0] < end:
            text = texts.popleft()[1]
        if voiced is None:
            if probability < SPEECH:
                onset = None
            else:
                onset = end - WINDOW if onset is None else onset
                if end - onset >= CERTAIN:
                    voiced, onset = end, None
        elif probability >= VOICE:
            voiced = end
        elif end - voiced >= wait(heard["judged"].get(str(voiced)), text):
            stops.append(end / (RATE / 1000))
            voiced, text = None, ""
    if voiced is not None:
        stops.append((voiced + wait(heard["judged"].get(str(voiced)), text)) / (RATE / 1000))
    return stops


def semantic(threshold, longest):
    return lambda p, _: SURE if p is not None and p >= threshold else longest * RATE // 1000


def with_text(threshold, maybe, longest):
    """The server's rule: it is sure only if the text has ended too."""

    def wait(p, text):
        if p is None or p < threshold:
            return longest * RATE // 1000
        return SURE if text.endswith((".", "!", "?")) and not text.endswith("..") else maybe * RATE // 1000

    return wait


def figures(turns, all_stops):
    """`all_stops` is one list of ms for each turn, None where it failed. Latency counts ends of sentences only."""
    latencies, missing, pauses = [], 0, []
    for turn, stops in zip(turns, all_stops):
        if stops is None:
            continue
        cut, latency = outcome(turn, stops)
        pauses += [(pause, stop is not None) for pause, stop in zip(turn["pauses"], cut)]
        if turn["kind"] == "stop":
            if latency is None:
                missing += 1
            else:
                latencies.append((latency, turn["source"]))
    return {"latencies": latencies, "missing": missing, "pauses": pauses}


def p50(found):
    return statistics.median(latency for latency, _ in found["latencies"])


def mean(found):
    return statistics.fmean(latency for latency, _ in found["latencies"])


def false_share(found, longer_than=0):
    cut = [was for pause, was in found["pauses"] if pause["gap"] > longer_than]
    return sum(cut), len(cut)


def wilson(count, total):
    if not total:
        return 0, 1
    z, share = 1.96, count / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    reach = z / (1 + z * z / total) * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return max(0, middle - reach), min(1, middle + reach)


def interval(latencies, figure):
    """Of 95 %. The same end comes in several turns, so ends are drawn and not turns."""
    groups = collections.defaultdict(list)
    for latency, source in latencies:
        groups[source].append(latency)
    groups, draw = list(groups.values()), random.Random(1)
    found = sorted(figure(sum(draw.choices(groups, k=len(groups)), [])) for _ in range(1000))
    return found[25], found[974]


def shown_share(count, total):
    low, high = wilson(count, total)
    return f"{count} of {total}: {count / max(1, total):.1%} ({low:.1%}–{high:.1%})".replace("%", " %")


def shown_latency(latencies, figure):
    low, high = interval(latencies, figure)
    return f"{figure([latency for latency, _ in latencies]):.0f} ({low:.0f}–{high:.0f})"


def row(name, found):
    latencies = found["latencies"]
    return (f"| {name} | {len(latencies)} | {shown_latency(latencies, statistics.median)} "
            f"| {shown_latency(latencies, statistics.fmean)} | {shown_share(*false_share(found, BUDGET))} "
            f"| {shown_share(*false_share(found))} |")


HEAD = (f"| | turn ends | latency p50, ms | mean, ms | false cut-offs, pauses over {BUDGET} ms | all pauses |\n"
        "|---|---:|---:|---:|---:|---:|")


def curve(turns, heard, kind):
    """(name, figures) of each setting of a detector."""
    if kind == "server_vad":
        for ms in [*range(32, 1025, 32), *range(1088, 1985, 64)]:
            stops = [h and computed(h, lambda *_: ms * RATE // 1000) for h in heard]
            yield f"wait of {ms} ms", figures(turns, stops)
    else:
        for longest in (500, 750, 1000, 1250, 1500, 1750, 2000, 4000, 8000):
            for percent in (*range(5, 100, 5), 97, 98):
                stops = [h and computed(h, with_text(percent / 100, min(800, longest), longest)) for h in heard]
                yield f"sure from {percent / 100:.2f}, else {longest} ms", figures(turns, stops)


def within_budget(points):
    """The fewest false cut-offs of the settings whose p50 is within the budget and near to it."""
    fit = [(false_share(f, BUDGET)[0], (false_share(f)[0], mean(f)), name, f)
           for name, f in points if BUDGET - 2 * WINDOW * 1000 / RATE < round(p50(f)) <= BUDGET]
    return min(fit, key=lambda point: point[:2], default=None)


def soonest_with_few(points, figure, longer_than=0):
    fit = [(figure(f), mean(f), name, f) for name, f in points
           if false_share(f, longer_than)[0] <= FEW * false_share(f, longer_than)[1]]
    return min(fit, key=lambda point: point[:2], default=None)


def report(options, turns, seen):
    ends = collections.Counter(turn["kind"] for turn in turns)
    pauses = [pause for turn in turns for pause in turn["pauses"]]
    print(f"{len(turns)} turns of {len({turn['speaker'] for turn in turns})} groups of recordings: "
          f"{ends['stop']} ends of sentences ({len({t['source'] for t in turns if t['kind'] == 'stop'})} different), "
          f"{ends['clause']} of clauses ({len({t['source'] for t in turns if t['kind'] == 'clause'})}); "
          f"{len(pauses)} inner pauses at {len({p['source'] for p in pauses})} places, "
          f"{sum(p['kind'] == 'pause' for p in pauses)} of them the readers' own, "
          f"{sum(p['gap'] > BUDGET for p in pauses)} over {BUDGET} ms.\n")
    print("Seen on the wire; latency is where the turn ended on the sound's own clock:\n\n" + HEAD)
    wire = {name: figures(turns, [r and [s["ms"] for s in r["stops"]] for r in found]) for name, found in seen.items()}
    for name, found in wire.items():
        print(row(name, found))
    print("\nThe same by the wall clock, and what else there is:\n")
    print("| | p50, ms | p95, ms | event later than its place, p50 | p95 | clause ends, p50 | no end in 5 s "
          "| stops in speech |\n|---|---:|---:|---:|---:|---:|---:|---:|")
    for name, results in seen.items():
        print(wall_clock(name, turns, results))
    print("\nBy the kind of pause, pauses of any length:\n")
    print("| | " + " | ".join(wire) + " |\n|---|" + "---:|" * len(wire))
    groups = [("the readers' own", lambda p: p["kind"] == "pause"),
              ("cut at a word's end", lambda p: p["kind"] == "cut")]
    groups += [(f"cut, {gap} ms", lambda p, gap=gap: p["kind"] == "cut" and p["gap"] == gap)
               for gap in sorted({p["gap"] for p in pauses if p["kind"] == "cut"})]
    for title, belongs in groups:
        cells = [[was for pause, was in f["pauses"] if belongs(pause)] for f in wire.values()]
        print(f"| {title} | " + " | ".join(f"{sum(c)} of {len(c)}" for c in cells) + " |")
    basis = next((name for name, results in seen.items()
                  if name.startswith("semantic") and any(r and "recorded" in r for r in results)), None)
    if not basis:
        return
    heard = [r and r.get("recorded") for r in seen[basis]]
    print(f"\nComputed by the server's rules from what it recorded with {basis}:\n\n" + HEAD)
    for name in [n for n in wire if n != basis]:
        kind, _, setting = name.partition(":")
        wait = (with_text(*RULES[setting]) if kind == "semantic_vad"
                else lambda *_: int(setting) * RATE // 1000)
        print(row(f"{name}, to compare with the wire", figures(turns, [h and computed(h, wait) for h in heard])))
    for setting, (threshold, _, longest) in RULES.items():
        print(row(f"semantic_vad:{setting}, by the sound alone",
                  figures(turns, [h and computed(h, semantic(threshold, longest)) for h in heard])))
    for kind in ("server_vad", "semantic_vad"):
        points = list(curve(turns, heard, kind))
        few = f"{100 * FEW:.0f} %"
        chosen = [(f"at {BUDGET} ms", within_budget(points)),
                  (f"least p50 at {few} of all pauses", soonest_with_few(points, p50)),
                  (f"least mean at {few} of all pauses", soonest_with_few(points, mean)),
                  (f"least p50 at {few} of those over {BUDGET} ms", soonest_with_few(points, p50, BUDGET)),
                  ("fewest false cut-offs", min(((false_share(f)[0], mean(f), n, f) for n, f in points),
                                                key=lambda point: point[:2]))]
        for title, point in chosen:
            print(row(f"{kind}, {title}: {point[2]}", point[3]) if point else f"| {kind}, {title}: not reached ||||||")


def wall_clock(name, turns, results):
    late, after, clause, missing, stray = [], [], [], 0, 0
    for turn, result in zip(turns, results):
        if result is None:
            continue
        end = turn["end"] * 1000 / RATE
        last = next((stop for stop in result["stops"] if stop["ms"] >= end), None)
        late += [stop["late"] for stop in result["stops"]]
        if turn["kind"] == "stop" and last:
            after.append(last["after_end"])
        if turn["kind"] == "clause" and last:
            clause.append(last["ms"] - end)
        missing += last is None
        cut, _ = outcome(turn, [stop["ms"] for stop in result["stops"]])
        stray += sum(stop["ms"] < end for stop in result["stops"]) - sum(stop is not None for stop in cut)

    def at(values, share):
        return f"{sorted(values)[min(len(values) - 1, int(share * len(values)))]:.0f}" if values else "–"

    return (f"| {name} | {at(after, 0.5)} | {at(after, 0.95)} | {at(late, 0.5)} | {at(late, 0.95)} | {at(clause, 0.5)} "
            f"| {missing} | {stray} |")


def main():
    options = arguments()
    turns = spoken_turns(options.turns)
    if options.read:
        return report(options, turns, json.loads(options.read.read_text()))
    seen = asyncio.run(measure(options, server.elsewhere(options.url), turns, options.recordings))
    if options.json:
        options.json.write_text(json.dumps(seen))
    print(f"Machine: {machine.description()}.\n")
    report(options, turns, seen)


if __name__ == "__main__":
    main()
