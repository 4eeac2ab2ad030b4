"""How often the server calls a function that nobody asked for, and how well it calls those that are wanted."""

import argparse
import asyncio
import contextlib
import json
import os
import pathlib
import re
import statistics
import sys
import time

import websockets

import machine
import server

FOLDER = pathlib.Path(__file__).resolve().parent / "function-calls"
LONGEST_ANSWER = 100  # tokens: whether it calls is long decided by then
PATIENCE = 120  # seconds for an answer

FIGURES = [
    ("over-calls (a call, but none was wanted)", "over", "unwanted"),
    ("missed (no call, but one was wanted)", "missed", "wanted"),
    ("right tool", "tool", "wanted"),
    ("right tool and arguments", "arguments", "wanted"),
    ("all calls: arguments valid by their schema", "valid", "calls"),
]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--set", choices=["tuning", "held-out"], default="tuning", help="the prompts; never tune on held-out"
    )
    parser.add_argument("--preset", nargs="+", default=["small", "standard"], help="default: small standard")
    parser.add_argument("--rounds", type=int, default=1, help="how often each prompt is asked (default: 1)")
    parser.add_argument("--server", type=pathlib.Path, default=server.BINARY, help="the program to start")
    parser.add_argument("--url", help="a server that already runs, ws:// or wss://; nothing is started")
    parser.add_argument("--api-key", default=os.environ.get("VIVAVOCE_API_KEY"), help="its key (or VIVAVOCE_API_KEY)")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write every answer there")
    return parser.parse_args()


def prompts(name):
    with (FOLDER / f"{name}.jsonl").open() as file:
        return [json.loads(line) for line in file]


def toolbox():
    tools = json.loads((FOLDER / "tools.json").read_text())
    return {tool["name"]: tool for tool in tools}


async def ask(url, headers, prompt, tools):
    """One prompt in a session of its own."""
    session = {
        "type": "realtime",
        "output_modalities": ["text"],
        "max_output_tokens": LONGEST_ANSWER,
        "tools": [tools[name] for name in prompt["tools"]],
        "tool_choice": "auto",
    }
    if "instructions" in prompt:
        session["instructions"] = prompt["instructions"]
    async with asyncio.timeout(PATIENCE), server.connected(url, headers) as socket:
        await socket.send(json.dumps({"type": "session.update", "session": session}))
        for message in prompt["messages"]:
            kind = "output_text" if message["role"] == "assistant" else "input_text"
            content = [{"type": kind, "text": message["content"]}]
            item = {"type": "message", "role": message["role"], "content": content}
            await socket.send(json.dumps({"type": "conversation.item.create", "item": item}))
        await socket.send(json.dumps({"type": "response.create"}))
        begun, first = time.monotonic(), None
        async for message in socket:
            event = json.loads(message)
            if event["type"] == "error":
                raise RuntimeError(event["error"].get("message"))
            if event["type"].endswith(".delta") and first is None:
                first = time.monotonic() - begun
            if event["type"] == "response.done":
                return answer(event["response"], first)
    raise RuntimeError("the server closed the connection")


def answer(response, first):
    text, calls = "", []
    for item in response["output"]:
        if item["type"] == "function_call":
            calls.append({"name": item["name"], "arguments": item["arguments"], "status": item.get("status")})
        else:
            text += "".join(part.get("text") or "" for part in item["content"])
    return {"status": response["status"], "text": text, "calls": calls, "first_ms": first and round(1000 * first)}


# What is expected of an answer


def judge(prompt, given, tools):
    """Points of one answer; the last three of the first call, which is the one that a client would answer first."""
    wanted, calls = prompt["expect"], given["calls"]
    points = {
        "wanted": wanted is not None,
        "unwanted": wanted is None,
        "over": wanted is None and bool(calls),
        "missed": wanted is not None and not calls,
        "calls": len(calls),
        "valid": sum(is_valid_call(call, prompt["tools"], tools) for call in calls),
        "tool": False,
        "arguments": False,
    }
    if wanted and calls and calls[0]["name"] == wanted["name"]:
        points["tool"] = True
        values = parsed(calls[0]["arguments"])
        points["arguments"] = isinstance(values, dict) and all(
            name in values and fits(values[name], expected) for name, expected in wanted["arguments"].items()
        )
    return points


def fits(value, expected):
    """A text has to contain the expected one, case and punctuation aside; "*" is anything; a list is a choice."""
    if expected == "*":
        return True
    if isinstance(expected, list):
        return any(fits(value, choice) for choice in expected)
    if isinstance(expected, str):
        return plain(expected) in plain(str(value))
    return value == expected


def plain(text):
    return " ".join(re.findall(r"\w+", text.lower()))


def parsed(text):
    with contextlib.suppress(ValueError):
        return json.loads(text)


def is_valid_call(call, offered, tools):
    return call["name"] in offered and is_valid(parsed(call["arguments"]), tools[call["name"]]["parameters"])


def is_valid(value, schema):
    """As much of JSON Schema as tools.json uses."""
    kinds = {"object": dict, "string": str, "integer": int, "number": (int, float)}
    if not isinstance(value, kinds[schema["type"]]) or isinstance(value, bool):
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if isinstance(value, (int, float)):
        return schema.get("minimum", value) <= value <= schema.get("maximum", value)
    if isinstance(value, dict):
        known = schema["properties"]
        return set(schema["required"]) <= set(value) and all(
            name in known and is_valid(inner, known[name]) for name, inner in value.items()
        )
    return True


# The report


async def measure(options, url, preset):
    headers = {"Authorization": f"Bearer {options.api_key}"} if options.api_key else {}
    tools, rows = toolbox(), []
    state = machine.description()
    print(f"Machine: {state}.", flush=True)
    asked = prompts(options.set) * options.rounds
    for number, prompt in enumerate(asked, 1):
        try:
            given = await ask(url, headers, prompt, tools)
        except (OSError, RuntimeError, TimeoutError, websockets.WebSocketException) as error:
            # It counts as an answer without a call, and is told.
            given = {"status": "failed", "text": str(error) or type(error).__name__, "calls": [], "first_ms": None}
        if given["status"] not in ("completed", "incomplete"):
            print(f"{prompt['id']}: {given['status']}, {given['text']}", file=sys.stderr)
        rows.append({"id": prompt["id"], **given, "points": judge(prompt, given, tools)})
        if number % 20 == 0:
            print(f"{preset}: {number} of {len(asked)} prompts", file=sys.stderr)
    failed = sum(row["status"] not in ("completed", "incomplete") for row in rows)
    return {"preset": preset, "set": options.set, "machine": state, "failed": failed, "answers": rows}


def total(run, key):
    return sum(row["points"][key] for row in run["answers"])


def share(run, key, of):
    count, all = total(run, key), total(run, of)
    return f"{count} of {all}" + (f" ({100 * count / all:.0f} %)" if all else "")


def table(runs):
    lines = ["| | " + " | ".join(run["preset"] for run in runs) + " |", "|---|" + "---:|" * len(runs)]
    lines += [
        f"| {words} | " + " | ".join(share(run, key, of) for run in runs) + " |" for words, key, of in FIGURES
    ]
    firsts = [[row["first_ms"] for row in run["answers"] if row["first_ms"] is not None] for run in runs]
    middles = [f"{statistics.median(times):.0f}" if times else "" for times in firsts]
    lines.append("| ms to the first word or call, p50, nothing prefilled | " + " | ".join(middles) + " |")
    return "\n".join(lines)


def main():
    options = arguments()
    runs = []
    if options.url:
        runs.append(asyncio.run(measure(options, server.elsewhere(options.url), "server")))
    else:
        for preset in options.preset:
            with server.own_server(options.server, preset) as (url, _):
                runs.append(asyncio.run(measure(options, url, preset)))
    print(f"\nSet {options.set}, {options.rounds} × {len(prompts(options.set))} prompts.\n\n{table(runs)}")
    for run in runs:
        if run["failed"]:
            print(f"\n{run['preset']}: {run['failed']} answers failed and count as answers without a call.")
    if options.json:
        options.json.write_text(json.dumps(runs, indent=1))


if __name__ == "__main__":
    main()
