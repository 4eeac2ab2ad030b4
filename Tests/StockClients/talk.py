"""One session: sends through a client and keeps every message that comes back, checked."""

import asyncio
import contextlib
import json

import order
import validator
from dialect import common, session, stock_client

LONG = "Tell me a long story about a dog and a king."  # even the smallest model takes its time
PATIENCE = 120  # seconds; only a server that hangs needs them


class Talk:
    """Around a client's connection, whose `recv_bytes` is watched: the messages are those on the socket."""

    def __init__(self, connection, way):
        self.connection = connection
        self.way = way
        self.events = []
        receive = connection.recv_bytes

        async def watched():
            message = await receive()
            self.events.append(json.loads(message))
            validator.check(self.events[-1])
            return message

        connection.recv_bytes = watched

    async def send(self, type, **fields):
        """Any event, also one that the client has no method for."""
        await self.connection.send({"type": type, **fields})

    async def next(self):
        await asyncio.wait_for(self.connection.recv(), PATIENCE)
        return self.events[-1]

    async def until(self, *types):
        """Reads on to the next event of one of `types` (GA names)."""
        while True:
            event = await self.next()
            if common(event["type"]) in types:
                return event
            assert event["type"] != "error", event

    async def error(self):
        """What the server has against the last event; a response may be under way meanwhile."""
        while True:
            event = await self.next()
            if event["type"] == "error":
                return event["error"]
            assert event["type"].startswith(("response.", "conversation.item.")), event

    async def answer(self):
        """Reads a response to its end, with the message that follows each (protocol.md C.15)."""
        response = (await self.until("response.done"))["response"]
        await self.until("rate_limits.updated")
        return response

    async def ask(self, text, **response):
        """A question in writing and its answer."""
        await self.say(text)
        await self.send("response.create", response=response)
        return await self.answer()

    async def say(self, text):
        content = [{"type": "input_text", "text": text}]
        await self.send("conversation.item.create", item={"type": "message", "role": "user", "content": content})

    async def update(self, **settings):
        await self.send("session.update", session=session(**settings))
        return (await self.until("session.updated"))["session"]

    async def stream(self, chunks, pause=0.1):
        """Speech as a microphone gives it."""
        for chunk in chunks:
            await self.send("input_audio_buffer.append", audio=chunk)
            await asyncio.sleep(pause)

    async def heard(self):
        """What the recognizer understood of one item: it may come before, within or after the answer."""
        completed = "conversation.item.input_audio_transcription.completed"
        found = [event for event in self.events if event["type"] == completed]
        return (found[-1] if found else await self.until(completed))["transcript"]

    def names(self):
        return [common(event["type"]) for event in self.events]

    async def finish(self):
        """The session still answers; and all that it said was in order."""
        await self.update()
        order.check(self.events, self.way)


@contextlib.asynccontextmanager
async def talking(server, way):
    """A session through the stock client; if nothing went wrong in it, all of it is checked at the end."""
    async with stock_client(way, server.port) as connection:
        talk = Talk(connection, way)
        await talk.until("session.created")
        yield talk
        await talk.finish()
