"""How long a spoken answer takes: real speech in real time, against a running server. README.md says how to read it."""

import argparse
import asyncio
import json
import os
import pathlib
import sys
import time

import websockets

import decoding
import figures
import fixtures
import machine
import server
from conversation import Conversation, Metronome

OWN_SHARE = 0.05  # of a core: a client that takes more slows down what it measures
STAGGER = 2.0  # seconds between the starts of sessions
NEWS_EVERY = 10  # seconds


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="standard", help="what the server is started with (default: standard)")
    parser.add_argument("--sessions", type=int, nargs="+", default=[1, 4], help="how many at once (default: 1 4)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each session says everything (default: 3)")
    parser.add_argument("--turns", type=int, help="only so many utterances a round, for a quick look")
    parser.add_argument("--silence", type=int, metavar="MS", help="silence_duration_ms (default: the server's)")
    parser.add_argument("--stages", action="store_true", help="also the stages of a turn, as seen by the client")
    parser.add_argument("--server", type=pathlib.Path, default=server.BINARY, help="the program to start")
    parser.add_argument("--url", help="a server that already runs, ws:// or wss://; nothing is started")
    parser.add_argument("--pid", type=int, help="its process id, for CPU and memory")
    parser.add_argument("--api-key", default=os.environ.get("VIVAVOCE_API_KEY"), help="its key (or VIVAVOCE_API_KEY)")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write every turn there")
    return parser.parse_args()


async def decode_speed(url, headers):
    try:
        speed = await decoding.tokens_per_second(url, headers)
        shown = "the model never said enough to tell" if speed is None else f"{speed:.1f} tokens/s"
    except (OSError, RuntimeError, websockets.WebSocketException) as error:
        speed, shown = None, f"failed, {error or type(error).__name__}"
    print(f"Decoding alone, load average {os.getloadavg()[0]:.2f}: {shown}.", flush=True)
    return speed


async def measure(options, url, headers, pid, spoken, sessions):
    """One row of the report: so many sessions at once, each for all its rounds."""
    done = []
    total = sessions * options.rounds * len(spoken)

    def report(turn):
        done.append(turn)
        if turn.failure:
            print(f"session {turn.session}, {turn.fixture}: {turn.failure}", file=sys.stderr)

    async def news():
        while True:
            await asyncio.sleep(NEWS_EVERY)
            times = [t.first_audible - t.spoken for t in done if not t.failure]
            middle = f", voice-to-voice p50 so far {1000 * figures.percentile(times, 0.5):.0f} ms" if times else ""
            print(f"{sessions} at once: {len(done)} of {total} turns{middle}", file=sys.stderr)

    async def speak(session):
        await asyncio.sleep(session * STAGGER)
        held = []
        for round in range(options.rounds):
            # Each begins elsewhere, so that no two say the same at a time.
            first = (session * len(spoken) // sessions + round) % len(spoken)
            held.append(Conversation(url, headers, metronome, options.silence, session, round, report))
            await held[-1].hold(spoken[first:] + spoken[:first])
        return held

    metronome = Metronome()
    background = [asyncio.create_task(metronome.run()), asyncio.create_task(news())]
    own, served, busy = time.process_time(), pid and machine.process_seconds(pid), machine.busy_seconds()
    begun = time.monotonic()
    held = sum(await asyncio.gather(*map(speak, range(sessions))), [])
    seconds = time.monotonic() - begun
    own = time.process_time() - own
    served_until = pid and machine.process_seconds(pid)
    served = None if served is None or served_until is None else served_until - served
    for task in background:
        task.cancel()
    lateness = [late for conversation in held for late in conversation.lateness]
    detection = held[0].settings.get("audio", {}).get("input", {}).get("turn_detection") or {}
    others = None
    if served is not None and busy is not None:
        others = (machine.busy_seconds() - busy - served - own) / seconds
    return {
        "sessions": sessions,
        "seconds": round(seconds, 1),
        "own_share": own / seconds,
        "others_share": others,
        "late_p95_ms": 1000 * figures.percentile(lateness or [0], 0.95),
        "late_max_ms": 1000 * max(lateness, default=0),
        # 50 messages a second: the time that was really spoken or silent into a microphone.
        "server_seconds_per_session_minute": None if served is None else served / (len(lateness) / 50 / 60),
        "server_megabytes": pid and machine.resident_megabytes(pid),
        "silence_duration_ms": detection.get("silence_duration_ms"),
        "turns": [turn.row() for conversation in held for turn in conversation.turns],
    }


def disturbances(options, run):
    """Why a run proves nothing."""
    least = decoding.LEAST.get(options.preset)
    if least and None in run["decode"]:
        yield "decoding could not be measured"
    elif least and min(run["decode"]) < least:
        yield f"decoding {min(run['decode']):.1f} tokens/s, under {least:.0f}"
    if run["own_share"] > OWN_SHARE:
        yield f"the benchmark itself took {run['own_share']:.1%} of a core"


def account(options, run):
    failed = sum(row["failure"] is not None for row in run["turns"])
    plural = "" if run["sessions"] == 1 else "s"
    lines = [
        f"{run['sessions']} session{plural}: **{run['verdict']}**",
        f"turns: {len(run['turns']) - failed} counted, {failed} failed"
        + (f" ({figures.failures(run)})" if failed else ""),
        "decoding alone, before and after: "
        + ", ".join("unknown" if speed is None else f"{speed:.1f}" for speed in run["decode"])
        + " tokens/s",
        f"the benchmark: {run['own_share']:.1%} of a core; messages late by {run['late_p95_ms']:.1f} ms at p95,"
        f" {run['late_max_ms']:.1f} ms at most",
    ]
    if run["others_share"] is not None:
        lines.append(f"everybody else on the machine: {run['others_share']:.1%} of a core")
    if run["server_seconds_per_session_minute"] is not None:
        lines.append(f"server: {run['server_seconds_per_session_minute']:.1f} CPU seconds a session-minute")
    if run["server_megabytes"]:
        now, most = run["server_megabytes"]
        lines.append(f"server: {now:.0f} MB resident, {most:.0f} MB at most")
    return lines[0] + "\n" + "\n".join(f"- {line}" for line in lines[1:])


async def benchmark(options, url, pid):
    headers = {"Authorization": f"Bearer {options.api_key}"} if options.api_key else {}
    print("preparing the recordings", file=sys.stderr)
    spoken = [fixtures.load(label) for label in fixtures.labels()[: options.turns]]
    state = machine.description()
    print(f"Machine: {state}.")
    runs = []
    speed = await decode_speed(url, headers)
    for sessions in options.sessions:
        run = await measure(options, url, headers, pid, spoken, sessions)
        run["decode"] = [speed, speed := await decode_speed(url, headers)]
        why = "; ".join(disturbances(options, run))
        run["verdict"] = f"disturbed ({why})" if why else "undisturbed"
        runs.append(run)
    preset = "" if options.url else f", preset {options.preset}"
    print(f"\nSilence before a turn ends: {runs[0]['silence_duration_ms']} ms{preset}, {options.rounds} rounds"
          f" of {len(spoken)} utterances.\n")
    print(figures.table(runs, figures.FIGURES))
    if options.stages:
        print("\nStages, as the client sees them:\n\n" + figures.table(runs, figures.STAGES))
    for run in runs:
        print("\n" + account(options, run))
    if options.json:
        options.json.write_text(json.dumps({"machine": state, "preset": options.preset, "runs": runs}, indent=1))


def main():
    options = arguments()
    if options.url:
        asyncio.run(benchmark(options, server.elsewhere(options.url), options.pid))
    else:
        with server.own_server(options.server, options.preset) as (url, pid):
            asyncio.run(benchmark(options, url, pid))


if __name__ == "__main__":
    main()
