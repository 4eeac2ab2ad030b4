"""One session: sends through a client and keeps every message that comes back, checked."""

import asyncio
import json

import order
import validator
from dialect import common, session

PATIENCE = 120  # seconds; only a server that hangs needs them


class Talk:
    """Around a stock client's connection, whose `recv_bytes` is watched: the messages are those on the socket."""

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
        """The answer to something wrong: the next message but those of a response."""
        while True:
            event = await self.next()
            if event["type"] == "error":
                return event["error"]
            assert event["type"].startswith("response."), event

    async def answer(self):
        """Reads a response to its end, with the message that follows each (protocol.md C.15)."""
        done = await self.until("response.done")
        await self.until("rate_limits.updated")
        return done["response"]

    async def ask(self, text, **response):
        """A question in writing and its answer."""
        await self.say(text)
        await self.connection.response.create(response=response)
        return await self.answer()

    async def say(self, text, role="user"):
        part = {"type": "input_text", "text": text}
        item = {"type": "message", "role": role, "content": [part]}
        await self.connection.conversation.item.create(item=item)

    async def update(self, **settings):
        await self.connection.session.update(session=session(**settings))
        return (await self.until("session.updated"))["session"]

    async def stream(self, chunks, pause=0.1):
        """Speech as a microphone gives it."""
        for chunk in chunks:
            await self.connection.input_audio_buffer.append(audio=chunk)
            await asyncio.sleep(pause)

    def named(self, *types):
        return [event for event in self.events if common(event["type"]) in types]

    async def finish(self):
        """The session still answers; and all that it said was in order."""
        await self.send("session.update", session=session())
        await self.until("session.updated")
        order.check(self.events, self.way)
