"""Who is let in while an answer is being played: interruptions that are missed, and noises that are taken for one.

It starts a server of its own whose language model is scripted, has an answer played, and plays one sound into the
microphone, for each sound of interruptions.json and each of the two ways to find turns. README.md says how to read the
tables. Recordings from Debian's packages are left out unless --packages names a folder where they are unpacked; to read
them takes sox:

    apt-get download hedgewars-data asterisk-core-sounds-en-wav
    for package in *.deb; do dpkg -x $package FOLDER; done
"""

import argparse
import asyncio
import base64
import collections
import contextlib
import functools
import json
import math
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from array import array

import websockets

import fixtures
import machine
import server
from fixtures import APPEND, RATE
from turn_ends import shown_share

LABELS = pathlib.Path(__file__).with_name("interruptions.json")
TURNS = pathlib.Path(__file__).with_name("turn-ends.json")
POLICIES = ("server_vad", "semantic_vad")
PLAYED = 1.0  # seconds of the answer before the sound
WATCHED = 3.0  # seconds from the sound's onset
AFTER = 1.2  # seconds from its end, if that is later
LOUD = 25  # dB below its loudest 10 ms a sound begins
RATIO = 10  # dB of speech over the noise
QUIETER = -10  # dB
PATIENCE = 20  # seconds for a session, and for the first sound of its answer
LEAD = 4 * RATE  # of noise, again and again until the sound
GRAIN = RATE * 6 // 100  # of which noise is made
VOICE = "slt"  # of the answers that are played: it takes hardly any time, which the recognizer needs
TRUE = ("beginning, read", "command, recorded", "command, synthetic")

Plan = collections.namedtuple("Plan", "kind name condition samples room", defaults=(None,))
Sound = collections.namedtuple("Sound", "messages before seconds")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=pathlib.Path, default=server.BINARY, help="the server (default: as built)")
    parser.add_argument("--port", type=int, default=0, help="where it listens (default: any free port)")
    parser.add_argument("--sessions", type=int, default=4, help="how many at once (default: 4)")
    parser.add_argument("--packages", type=pathlib.Path, metavar="FOLDER", help="unpacked packages of recordings")
    parser.add_argument("--minutes", type=float, default=math.inf, help="begin no trial later than this")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE",
                        help="write what was seen there; trials that it holds already are not made again")
    parser.add_argument("--read", type=pathlib.Path, metavar="FILE", help="measure nothing, report such a file")
    return parser.parse_args()


# Sounds. All are lists of floats at 24 kHz, full scale 1.


def floats(samples):
    return [sample / 32768 for sample in samples]


def rms(samples):
    return math.sqrt(sum(sample * sample for sample in samples) / max(1, len(samples)))


def loudness(samples):
    """Of the loudest 30 ms."""
    size = RATE * 3 // 100
    return max(rms(samples[i : i + size]) for i in range(0, max(1, len(samples) - size + 1), RATE // 100))


def peak(samples):
    return max(map(abs, samples))


def scaled(samples, factor):
    factor = min(factor, 0.95 / peak(samples))
    return [sample * factor for sample in samples]


def trimmed(samples):
    """Without what is before its onset and long after its end."""
    size = RATE // 100
    levels = [rms(samples[i : i + size]) for i in range(0, len(samples), size)]
    loud = [i for i, level in enumerate(levels) if level >= max(levels) * 10 ** (-LOUD / 20)]
    return samples[loud[0] * size : (loud[-1] + 4) * size]


def beginnings():
    """What was read: a sentence or its first words. (name, sound, room)."""
    labels = json.loads(TURNS.read_text())
    pieces, chosen = collections.defaultdict(set), []
    for turn in labels["turns"]:
        before = "stop"
        for piece in turn["pieces"]:
            seconds = (piece["end"] - piece["start"]) / piece["rate"]
            if before in ("stop", "clause") and 0.4 <= seconds <= 2:
                pieces[piece["file"], piece["start"], piece["rate"], turn["speaker"]].add(piece["end"])
            before = piece["kind"]
    for (file, start, rate, speaker), ends in sorted(pieces.items()):
        ends = sorted(ends)
        for end in {ends[0], ends[-1]} if len(ends) > 1 else ends:
            chosen.append((file, start, end, rate, speaker))
    for file, start, end, rate, speaker in sorted(chosen):
        whole = recorded_file(file, rate)
        cut = whole[max(0, start - rate // 50) : end + rate // 50]
        room = labels["rooms"][speaker]
        room = floats(recorded_file(room["file"], room["rate"])[room["start"] : room["end"]])
        room = floats(fixtures.resampled(array("h", (round(32767 * s) for s in room)), labels["rooms"][speaker]["rate"],
                                         RATE))
        yield f"{file} {start}–{end}", faded(trimmed(floats(fixtures.resampled(cut, rate, RATE)))), room


@functools.cache
def recorded_file(file, rate):
    return fixtures.recording({"file": file, "rate": rate})


def faded(samples):
    """A cut clicks."""
    length = RATE // 200
    return [s * min(1, i / length, (len(samples) - 1 - i) / length) for i, s in enumerate(samples)]


def from_packages(folder):
    for package, content in json.loads(LABELS.read_text())["packages"].items():
        for kind, files in content["kinds"].items():
            for file in files:
                path = folder / content["folder"] / file
                if not path.exists():
                    print(f"{package} has no {file}", file=sys.stderr)
                    continue
                raw = subprocess.run(["sox", path, "-t", "raw", "-e", "signed", "-b", "16", "-c", "1", "-r", str(RATE),
                                      "-"], check=True, capture_output=True).stdout
                yield kind, f"{package} {file}", faded(trimmed(floats(array("h", raw))))


def hiss(draw, length, low, high):
    """Noise between two frequencies, by two filters of the first order each way."""
    a, b = math.exp(-2 * math.pi * high / RATE), math.exp(-2 * math.pi * low / RATE)
    smooth = slow = slower = 0.0
    made = []
    for _ in range(length):
        smooth = a * smooth + (1 - a) * draw.gauss(0, 1)
        slow = b * slow + (1 - b) * smooth
        slower = b * slower + (1 - b) * (smooth - slow)
        made.append(smooth - slow - slower)
    return made


def click(draw):
    """A key or a button: two decaying noises, down and up, or one."""
    made = [0.0] * (RATE // 5)
    for at in [0] + ([draw.randrange(RATE // 25, RATE // 8)] if draw.random() < 0.6 else []):
        decay = draw.uniform(0.002, 0.010) * RATE
        strength = 1 if at == 0 else draw.uniform(0.3, 0.7)
        for i, s in enumerate(hiss(draw, round(5 * decay), 800, 6000)):
            if at + i < len(made):
                made[at + i] += strength * s * math.exp(-i / decay)
    return made


def typing(draw):
    made = [0.0] * (2 * RATE)
    at = 0
    while at < len(made) - RATE // 4:
        strength = draw.uniform(0.5, 1)
        for i, s in enumerate(click(draw)):
            made[at + i] += strength * s
        at += round(draw.uniform(0.08, 0.25) * RATE)
    return made


def knock(draw):
    """Wood: a few low resonances that decay, once or several times."""
    made = [0.0] * (3 * RATE // 2)
    modes = [(draw.uniform(90, 700), draw.uniform(0.015, 0.06), draw.uniform(0.3, 1)) for _ in range(4)]
    for number in range(draw.choice((1, 2, 3))):
        start = number * round(0.25 * RATE) + draw.randrange(RATE // 50)
        for i in range(RATE // 4):
            made[start + i] += sum(strength * math.sin(2 * math.pi * tone * i / RATE) * math.exp(-i / RATE / decay)
                                   for tone, decay, strength in modes)
    return made


def cough(draw):
    """Noise in the shape of a cough: a burst, air, often a little voice at its end; no recording."""
    made = []
    for _ in range(draw.choice((1, 1, 2))):
        length = round(draw.uniform(0.15, 0.30) * RATE)
        pitch, voiced = draw.uniform(90, 200), draw.choice((0, 0.5, 1))
        low = hiss(draw, length, 400, 1800)
        high = hiss(draw, length, 1200, 5000)
        biggest = max(peak(low), 1e-9)
        for i in range(length):
            share = i / length
            shape = min(1, i / (0.008 * RATE)) * (math.exp(-6 * share) + 0.35 * math.exp(-((share - 0.6) / 0.2) ** 2))
            voice = 0.0
            if share > 0.45:
                voice = voiced * 0.3 * sum(math.sin(2 * math.pi * n * pitch * i / RATE) / n for n in range(1, 8))
            made.append(shape * (low[i] / biggest + 0.5 * high[i] / biggest + voice))
        made += [0.0] * (RATE // 12)
    return made


def breath(draw):
    length = round(draw.uniform(0.4, 1.2) * RATE)
    air = hiss(draw, length, 500, draw.uniform(2000, 5000))
    return [s * math.sin(math.pi * i / length) ** 2 for i, s in enumerate(air)]


SYNTHETIC = {"click": (click, 8), "typing": (typing, 6), "knock": (knock, 8), "cough, synthetic": (cough, 10),
             "breath, synthetic": (breath, 8)}


def noise_like(room, length, seed):
    """The room, out of grains in any order: repeated as it is it would hum."""
    draw, made, half = random.Random(seed), [0.0] * (length + GRAIN), GRAIN // 2
    window = [math.sin(math.pi * (i + 0.5) / GRAIN) for i in range(GRAIN)]
    for at in range(0, length, half):
        start = draw.randrange(len(room) - GRAIN)
        for i in range(GRAIN):
            made[at + i] += window[i] * room[start + i]
    return made[:length]


def prepared(plan):
    """The sound with what surrounds it, which is long to make: it is made before the clock runs."""
    samples, room = plan.samples, plan.room
    before = LEAD if room else 0
    after = math.ceil(max(WATCHED, len(samples) / RATE + AFTER) * RATE / APPEND) * APPEND
    whole = [0.0] * before + list(samples) + [0.0] * (after - len(samples))
    if room:
        noise = noise_like(room, len(whole), plan.name)
        factor = rms(samples) / rms(noise) * 10 ** (-RATIO / 20)
        whole = [s + factor * n for s, n in zip(whole, noise)]
    pcm = array("h", (max(-32768, min(32767, round(32768 * s))) for s in whole))
    made = [fixtures.append_message(pcm[i : i + APPEND]).decode() for i in range(0, len(pcm), APPEND)]
    before //= APPEND
    return Sound(made[before:], made[:before] or [fixtures.SILENCE.decode()], round(len(samples) / RATE, 3))


def all_sounds(words, packages):
    """Both levels of each; speech also with noise."""
    quieter = 10 ** (QUIETER / 20)
    read = list(beginnings())
    level = statistics.median(loudness(samples) for _, samples, _ in read)
    highest = statistics.median(peak(samples) for _, samples, _ in read)
    sounds = []
    for number, (name, samples, room) in enumerate(read):
        sounds.append(Plan("beginning, read", name, "clean", samples))
        sounds.append(Plan("beginning, read", name, "clean, −10 dB", scaled(samples, quieter)))
        sounds.append(Plan("beginning, read", name, "noise", samples, room))
        if number % 2:
            sounds.append(Plan("beginning, read", name, "noise, −10 dB", scaled(samples, quieter), room))
    others = [(kind, name, samples, level / loudness(samples)) for kind, name, samples in
              [*words, *(from_packages(packages) if packages else [])]]
    for kind, (make, count) in SYNTHETIC.items():
        for number in range(count):
            samples = make(random.Random(f"{kind} {number}"))
            short = kind in ("click", "typing", "knock")
            factor = highest / peak(samples) if short else level / loudness(samples)
            others.append((kind, f"{kind} {number}", trimmed(samples), factor))
    for kind, name, samples, factor in others:
        sounds.append(Plan(kind, name, "clean", scaled(samples, factor)))
        sounds.append(Plan(kind, name, "clean, −10 dB", scaled(samples, factor * quieter)))
    return sounds


# The words of the two voices


async def spoken_words(url):
    """(kind, name, sound) of each word by each voice, cut where the answer's text tells that a sentence begins."""
    labels = json.loads(LABELS.read_text())["words"]
    names = [(kind, word) for kind, words in labels.items() for word in words]
    found = []
    for voice in ("joe", "slt"):
        async with server.connected(url, {}) as connection:
            await connection.recv()
            await connection.send(json.dumps({"type": "session.update", "session": {
                "type": "realtime", "audio": {"output": {"voice": voice}}}}))
            await connection.send('{"type":"response.create"}')
            sound, text, starts = array("h"), ".", []
            async for message in connection:
                event = json.loads(message)
                if event["type"] == "response.output_audio.delta":
                    sound.frombytes(base64.b64decode(event["delta"]))
                elif event["type"] == "response.output_audio_transcript.delta":
                    if text.endswith("."):
                        starts.append(len(sound))
                    text += event["delta"]
                elif event["type"] == "error":
                    raise RuntimeError(event["error"]["message"])
                elif event["type"] == "response.done":
                    break
        starts = starts[-len(names) :] + [len(sound)]
        print(voice, [round(start / RATE, 2) for start in starts], file=sys.stderr)
        for number, (kind, word) in enumerate(names):
            start, end = starts[number : number + 2]
            if min(end - start, start - starts[number - 1] if number else RATE) < RATE // 10:
                print(f"{voice} did not say {word!r} by itself", file=sys.stderr)
                continue
            found.append((f"{kind}, synthetic", f"{voice} {word}", faded(trimmed(floats(sound[start:end])))))
    return found


def answer():
    """Long enough, and its words are sounds too. What comes first is not spoken sentence by sentence."""
    words = [word for words in json.loads(LABELS.read_text())["words"].values() for word in words]
    first = ("Well then, I shall now say quite a number of words. This is the first of the sentences before them. "
             "This is the second of the sentences before them. ")
    return first + " ".join(f"{word}." for word in words)


# Trials


@contextlib.contextmanager
def scripted_server(options):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        config, log, records = folder / "server.yaml", folder / "server.log", folder / "records"
        config.write_text("preset: standard\nmodels:\n  language-model: scripted\nscript:\n"
                          f"  answer: {json.dumps(answer())}\nlongest-wait-ms: 0\n")
        with log.open("w") as output:
            process = subprocess.Popen(
                [options.binary, "serve", "--config", config, "--port", str(options.port), "--record", records],
                stdout=output, stderr=subprocess.STDOUT, env={**os.environ, "OMP_WAIT_POLICY": "passive"})
        try:
            url = server.wait_for("the server to listen", lambda: server.listening(process, log))
            server.wait_for("the models to load", lambda: server.listening(process, log) and server.is_ready(url))
            yield url, records
        finally:
            process.terminate()
            process.wait(10)


async def play(url, policy, sound):
    """One session in which one sound is heard. When `speech_started` came, in ms from the sound's first sample."""
    begun, starts, failed = [], [], []
    async with server.connected(url, {}) as connection:
        session = json.loads(await asyncio.wait_for(connection.recv(), PATIENCE))["session"]["id"]
        await connection.send(json.dumps({"type": "session.update", "session": {
            "type": "realtime", "audio": {"input": {"turn_detection": {"type": policy}}, "output": {"voice": VOICE}}}}))
        await connection.send('{"type":"response.create"}')

        async def listen():
            async for message in connection:
                now = time.monotonic()
                if '"response.output_audio.delta"' in message[:200]:  # many and long: not read
                    if not begun:
                        begun.append(now)
                    continue
                event = json.loads(message)
                if event["type"] == "input_audio_buffer.speech_started":
                    starts.append(now)
                elif event["type"] == "response.output_audio.delta" and not begun:
                    begun.append(now)
                elif event["type"] == "error":
                    failed.append(event["error"]["message"])

        listening = asyncio.create_task(listen())
        clock, number, onset = time.monotonic(), 0, None
        while onset is None or number < onset + len(sound.messages):
            if (wait := clock + number * APPEND / RATE - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            now = time.monotonic()
            if onset is None and begun and now - begun[0] >= PLAYED:
                onset, heard_at = number, now - APPEND / RATE  # a message is sent when its last sample was spoken
            if onset is None and now - clock > PATIENCE:
                raise RuntimeError("there was no answer")
            await connection.send(sound.before[number % len(sound.before)] if onset is None
                                  else sound.messages[number - onset])
            number += 1
        listening.cancel()
    if failed:
        raise RuntimeError(failed[0])
    return session, [round(1000 * (at - heard_at), 1) for at in starts]


def recorded(path):
    """What was understood of it, and what the voice detector heard from half a second before it."""
    texts, windows = [], []
    with path.open() as file:
        for line in file:
            if '"windows"' not in line and '"recognized"' not in line:
                continue  # meanwhile other sessions have to wait
            event = json.loads(line).get("in", {})
            if "audio" in event:
                windows += [(round(w["probability"], 2), round(w["level"])) for w in event["audio"]["_0"]["windows"]]
            elif "recognized" in event:
                texts.append(event["recognized"]["_0"].get("text") or "")
    return texts, windows


async def measure(options, seen):
    end = time.monotonic() + 60 * options.minutes
    with scripted_server(options) as (url, records):
        words = await spoken_words(url)
        print("making the sounds", file=sys.stderr, flush=True)
        plans = all_sounds(words, options.packages)
        done = {key(result) for result in seen}
        jobs = [job for job in in_turn(plans) if (job[0], *job[1][:3]) not in done]
        print(f"{len(plans)} sounds, {len(jobs)} trials to make", file=sys.stderr, flush=True)
        jobs = collections.deque(jobs[: math.ceil(min(1e6, (end - time.monotonic()) * options.sessions / WATCHED))])
        sounds = {}
        for _, plan in jobs:
            if plan[:3] not in sounds:
                sounds[plan[:3]] = prepared(plan)

        async def work(number):
            await asyncio.sleep(1.3 * number)
            while jobs and time.monotonic() < end:
                policy, plan = jobs.popleft()
                sound = sounds[plan[:3]]
                try:
                    session, starts = await play(url, policy, sound)
                except (OSError, RuntimeError, TimeoutError, websockets.WebSocketException) as error:
                    print(f"{policy}, {plan.name}: {error or type(error).__name__}", file=sys.stderr)
                    continue
                found = {"policy": policy, "kind": plan.kind, "name": plan.name, "condition": plan.condition,
                         "seconds": sound.seconds, "starts": starts}
                with contextlib.suppress(OSError):
                    found["texts"], windows = recorded(records / session / "events.jsonl")
                    found["windows"] = windows[-math.ceil((len(sound.messages) * 20 + 500) / 32) :]
                    shutil.rmtree(records / session)
                seen.append(found)
                if len(seen) % 40 == 0:
                    print(f"{len(seen)} done, {len(jobs)} left", file=sys.stderr, flush=True)
                    save(options, seen)

        await asyncio.gather(*map(work, range(options.sessions)))
    save(options, seen)


def in_turn(plans):
    """Each sound with each policy; kinds in turn, so that none has too few if time runs out."""
    draw, queues = random.Random(1), collections.defaultdict(list)
    for plan in plans:
        queues[plan.kind] += [(policy, plan) for policy in POLICIES]
    for queue in queues.values():
        draw.shuffle(queue)
    places = sorted((number, kind) for kind, queue in queues.items() for number in range(len(queue)))
    return [queues[kind][number] for number, kind in places]


def key(result):
    return result["policy"], result["kind"], result["name"], result["condition"]


def save(options, seen):
    if options.json:
        options.json.write_text(json.dumps(seen, ensure_ascii=False))


# The report


def came(result):
    """When `speech_started` came, or None; what came before the sound is not its doing."""
    return next((ms for ms in result["starts"] if ms >= 0), None)


def at(values, share):
    return f"{sorted(values)[min(len(values) - 1, int(share * len(values)))]:.0f}" if values else "–"


def groups(results):
    """By kind, and by level and noise."""
    for kind in sorted({r["kind"] for r in results}):
        yield kind, [r for r in results if r["kind"] == kind]
    for condition in sorted({r["condition"] for r in results}):
        yield f"all kinds, {condition}", [r for r in results if r["condition"] == condition]


def share(wanted):
    return shown_share(sum(wanted), len(wanted)) if wanted else "–"


def report(seen):
    early = [r for r in seen if any(ms < 0 for ms in r["starts"])]
    usable = [r for r in seen if r not in early]
    print(f"{len(seen)} trials; {len(early)} in which `speech_started` came before the sound are left out.\n")
    true = [r for r in usable if r["kind"] in TRUE]
    other = [r for r in usable if r["kind"] not in TRUE]
    print("Interruptions; ms from the first sound to `speech_started`:\n")
    print("| | policy | missed (95 %) | p50, ms | p95 | longest |\n|---|---|---:|---:|---:|---:|")
    commands = [r for r in true if r["kind"].startswith("command")]
    for title, results in [("all", true), ("short commands alone", commands), *groups(true)]:
        for policy in POLICIES:
            mine = [came(r) for r in results if r["policy"] == policy]
            times = [ms for ms in mine if ms is not None]
            print(f"| {title} | {policy} | {share([ms is None for ms in mine])} | {at(times, 0.5)} | {at(times, 0.95)} "
                  f"| {at(times, 1)} |")
    print("\nWhat should not interrupt:\n\n| | " + " | ".join(f"{p}: interrupted (95 %)" for p in POLICIES)
          + " |\n|---|" + "---:|" * len(POLICIES))
    for title, results in [("all", other), *groups(other)]:
        cells = [[came(r) is not None for r in results if r["policy"] == policy] for policy in POLICIES]
        print(f"| {title} | " + " | ".join(map(share, cells)) + " |")
    print("\nWhere `semantic_vad` was wrong or later than a second:\n\n| | s | ms | understood |\n|---|---:|---:|---|")
    for r in usable:
        wrong = (came(r) or math.inf) > 1000 if r["kind"] in TRUE else came(r) is not None
        if wrong and r["policy"] == "semantic_vad":
            texts = ", ".join(f"‘{text}’" for text in r.get("texts", []))
            print(f"| {r['kind']}: {r['name']}, {r['condition']} | {r['seconds']:.2f} | "
                  f"{'–' if came(r) is None else round(came(r))} | {texts} |")


def main():
    options = arguments()
    if options.read:
        return report(json.loads(options.read.read_text()))
    begun, seen = time.monotonic(), []
    if options.json and options.json.exists():
        seen = json.loads(options.json.read_text())
    asyncio.run(measure(options, seen))
    print(f"Machine: {machine.description()}; {(time.monotonic() - begun) / 60:.0f} minutes.\n")
    report(seen)


if __name__ == "__main__":
    main()
