"""How fast the language model decodes while nothing else is asked of the server."""

import asyncio
import json
import time

from conversation import connected

STORY = "Tell me a long story about a sailor, a storm and a lighthouse, in at least fifteen sentences."
TOKENS = 120
ENOUGH = 60  # tokens that make a rate worth believing
ATTEMPTS = 4
PATIENCE = 120
# Two quiet cores give 23 with the standard preset. The other presets' models have no bar.
LEAST = {"standard": 20.0}


async def tokens_per_second(url, headers):
    """From the first to the last piece of a written answer; None if the model never says enough."""
    async with asyncio.timeout(PATIENCE):
        async with connected(url, headers) as socket:
            for _ in range(ATTEMPTS):
                tokens, seconds = await story(socket)
                if tokens >= ENOUGH and seconds > 0:
                    return (tokens - 1) / seconds
    return None


async def story(socket):
    response = {
        "conversation": "none",
        "output_modalities": ["text"],
        "instructions": "You are a storyteller who never stops early.",
        "max_output_tokens": TOKENS,
        "input": [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": STORY}]}],
    }
    await socket.send(json.dumps({"type": "response.create", "response": response}))
    first = last = 0.0
    async for message in socket:
        at, event = time.monotonic(), json.loads(message)
        if event["type"] == "response.output_text.delta":
            first, last = first or at, at
        elif event["type"] == "response.done":
            return (event["response"]["usage"] or {}).get("output_tokens", 0), last - first
        elif event["type"] == "error":
            raise RuntimeError(event["error"].get("message"))
    raise RuntimeError("the server closed the connection")
