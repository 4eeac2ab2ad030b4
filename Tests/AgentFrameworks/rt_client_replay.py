"""What Microsoft's rt-client (JavaScript) and rtclient (Python) do on the socket, replayed (protocol.md E.1, E.2).

Neither is on the package index. Names are theirs; a wait that they do not have is not here either.
"""

import asyncio
import base64
import contextlib
import json
import uuid

import websockets

import rtclient_models
from talk import PATIENCE

# E.1, "Exactly these 27 server types are accepted".
WHITELIST = {
    "error",
    "session.created",
    "session.updated",
    "input_audio_buffer.committed",
    "input_audio_buffer.cleared",
    "input_audio_buffer.speech_started",
    "input_audio_buffer.speech_stopped",
    "conversation.item.created",
    "conversation.item.truncated",
    "conversation.item.deleted",
    "conversation.item.input_audio_transcription.completed",
    "conversation.item.input_audio_transcription.failed",
    "response.created",
    "response.done",
    "response.output_item.added",
    "response.output_item.done",
    "response.content_part.added",
    "response.content_part.done",
    "response.text.delta",
    "response.text.done",
    "response.audio_transcript.delta",
    "response.audio_transcript.done",
    "response.audio.delta",
    "response.audio.done",
    "response.function_call_arguments.delta",
    "response.function_call_arguments.done",
    "rate_limits.updated",
}
# E.1 row 26: nobody but the one who asked, or the voice detector, may be the cause of these.
ANSWERS = {"session.updated", "input_audio_buffer.committed", "input_audio_buffer.cleared", "response.created"}


class RTClient:
    """rt-client 0.5.5: takes what is on its list, sends keys that are null."""

    EMPTY = {"event_id": None}

    def __init__(self, socket):
        self.socket = socket
        self.names = []
        self.waiting = []  # what came and nobody has taken
        self.announced = set()  # the audio items that the voice detector began
        self.news = asyncio.Condition()
        self.failure = None
        self.reading = asyncio.create_task(self.read())

    def check(self, message):
        assert message["type"] in WHITELIST, f"Unexpected message received: {message}"

    async def read(self):
        try:
            async for text in self.socket:
                assert isinstance(text, str), "only text frames"
                message = json.loads(text)
                self.check(message)
                self.names.append(message["type"])
                if message["type"] == "input_audio_buffer.speech_started":
                    self.announced.add(message["item_id"])
                assert message["type"] != "error", message  # every later read gives this error: E.1 row 6
                async with self.news:
                    self.waiting.append(message)
                    self.news.notify_all()
        except Exception as failure:
            self.failure = failure
        async with self.news:
            self.failure = self.failure or EOFError("the server closed the connection")
            self.news.notify_all()

    async def take(self, *wanted):
        """The first message, waiting or to come, that has one of the types and of its keys the values given."""
        async with self.news:
            while True:
                for message in self.waiting:
                    if any(matches(message, pattern) for pattern in wanted):
                        self.waiting.remove(message)
                        return message
                if self.failure:
                    raise self.failure
                await asyncio.wait_for(self.news.wait(), PATIENCE)

    async def send(self, type, **fields):
        await self.socket.send(json.dumps({**self.EMPTY, "type": type, **fields}))

    async def init(self):
        self.session = (await self.take({"type": "session.created"}))["session"]
        assert self.names[0] == "session.created"

    async def configure(self, **session):
        await self.send("session.update", session=session)
        self.session = (await self.take({"type": "session.updated"}))["session"]
        return self.session

    async def send_item(self, item, previous_item_id=None):
        item = {"id": f"item{uuid.uuid4().hex[:28]}", **item}
        after = {"previous_item_id": previous_item_id} if previous_item_id or self.EMPTY else {}
        await self.send("conversation.item.create", item=item, **after)
        return (await self.take({"type": "conversation.item.created", "item": {"id": item["id"]}}))["item"]

    async def say(self, text):
        content = [{"type": "input_text", "text": text}]
        return await self.send_item({"type": "message", "role": "user", "content": content})

    async def remove_item(self, item_id):
        await self.send("conversation.item.delete", item_id=item_id)
        await self.take({"type": "conversation.item.deleted", "item_id": item_id})

    async def send_audio(self, audio):
        await self.send("input_audio_buffer.append", audio=base64.b64encode(audio).decode())

    async def commit_audio(self):
        await self.send("input_audio_buffer.commit")
        return InputAudioItem(self, await self.take({"type": "input_audio_buffer.committed"}))

    async def clear_audio(self):
        await self.send("input_audio_buffer.clear")
        await self.take({"type": "input_audio_buffer.cleared"})

    async def generate_response(self):
        await self.send("response.create")
        return Response(self, await self.take({"type": "response.created"}))

    async def next_event(self):
        """What events() yields: an audio item that begins, or a response that begins."""
        message = await self.take({"type": "input_audio_buffer.speech_started"}, {"type": "response.created"})
        return Response(self, message) if message["type"] == "response.created" else InputAudioItem(self, message)


class PythonRTClient(RTClient):
    """rtclient 0.5.3: takes any type, but all must fit its models; sends no key that is not set (E.2 rows 9, 12)."""

    EMPTY = {}

    def check(self, message):
        rtclient_models.check(message)


class InputAudioItem:
    def __init__(self, client, message):
        self.client = client
        self.id = message["item_id"]
        self.audio_start_ms = message.get("audio_start_ms")
        self.audio_end_ms = None
        self.transcript = None

    async def wait_for_completion(self):
        stopped = {"type": "input_audio_buffer.speech_stopped", "item_id": self.id}
        created = {"type": "conversation.item.created", "item": {"id": self.id}}
        transcription = "conversation.item.input_audio_transcription"
        completed = {"type": f"{transcription}.completed", "item_id": self.id}
        failed = {"type": f"{transcription}.failed", "item_id": self.id}
        transcribes = self.client.session["input_audio_transcription"]
        while True:
            message = await self.client.take(stopped, created, *([completed, failed] if transcribes else []))
            self.audio_end_ms = message.get("audio_end_ms", self.audio_end_ms)
            assert message["type"] != failed["type"], message
            if not transcribes or message["type"] == completed["type"]:
                self.transcript = message.get("transcript")
                return self


class Response:
    def __init__(self, client, message):
        self.client = client
        self.id = message["response"]["id"]
        self.status = message["response"]["status"]

    async def __aiter__(self):
        while True:
            message = await self.client.take(
                {"type": "response.output_item.added", "response_id": self.id},
                {"type": "response.done", "response": {"id": self.id}},
            )
            if message["type"] == "response.done":
                self.end(message)
                return
            item = message["item"]
            await self.client.take({"type": "conversation.item.created", "item": {"id": item["id"]}})
            yield {"message": MessageItem, "function_call": FunctionCallItem}[item["type"]](self.client, item)

    def end(self, message):
        self.status = message["response"]["status"]
        self.status_details = message["response"]["status_details"]
        self.output = message["response"]["output"]
        self.usage = message["response"]["usage"]

    async def cancel(self):
        await self.client.send("response.cancel")
        self.end(await self.client.take({"type": "response.done", "response": {"id": self.id}}))

    async def all(self):
        """Each item with what was in it, to the end of the response."""
        return [await item.all() async for item in self]


class MessageItem:
    def __init__(self, client, item):
        self.client = client
        self.id = item["id"]

    async def __aiter__(self):
        while True:
            message = await self.client.take(
                {"type": "response.content_part.added", "item_id": self.id},
                {"type": "response.output_item.done", "item": {"id": self.id}},
            )
            if message["type"] == "response.output_item.done":
                return
            assert message["part"]["type"] in ("audio", "text"), message
            yield Content(self.client, message)

    async def all(self):
        return [await content.all() async for content in self]


class Content:
    def __init__(self, client, message):
        self.client = client
        self.type = message["part"]["type"]
        self.place = {key: message[key] for key in ("item_id", "content_index")}

    async def __aiter__(self):
        kinds = ("audio", "audio_transcript") if self.type == "audio" else ("text",)
        deltas = [{"type": f"response.{kind}.delta", **self.place} for kind in kinds]
        while True:
            message = await self.client.take(*deltas, {"type": "response.content_part.done", **self.place})
            if message["type"] == "response.content_part.done":
                return
            yield message["type"].split(".")[1], message["delta"]

    async def all(self):
        """Sound and words, whole."""
        pieces = [piece async for piece in self]
        sound = b"".join(base64.b64decode(delta) for kind, delta in pieces if kind == "audio")
        return sound, "".join(delta for kind, delta in pieces if kind != "audio")


class FunctionCallItem:
    def __init__(self, client, item):
        self.client = client
        self.id, self.name, self.call_id = item["id"], item["name"], item["call_id"]

    async def all(self):
        """Its arguments, as they came and as they are at the end."""
        pieces = []
        while True:
            message = await self.client.take(
                {"type": "response.function_call_arguments.delta", "item_id": self.id},
                {"type": "response.output_item.done", "item": {"id": self.id}},
            )
            if message["type"] == "response.output_item.done":
                return self, "".join(pieces), message["item"]["arguments"]
            pieces.append(message["delta"])


def matches(message, pattern):
    """Whether the message has all of the pattern, and at each depth possibly more."""
    if isinstance(pattern, dict):
        return all(key in message and matches(message[key], value) for key, value in pattern.items())
    return message == pattern


@contextlib.asynccontextmanager
async def connected(kind, url, headers=None, subprotocols=None):
    """A client that has its session; at the end it has been told nothing that it did not ask for."""
    async with websockets.connect(
        url, additional_headers=headers, subprotocols=subprotocols, max_size=None
    ) as socket:
        client = kind(socket)
        await client.init()
        yield client
        await client.configure()
        assert not client.failure, client.failure
        unasked = [message for message in client.waiting if message["type"] in ANSWERS]
        assert all(message.get("item_id") in client.announced for message in unasked), unasked
