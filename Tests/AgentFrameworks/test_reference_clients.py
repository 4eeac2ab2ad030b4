"""Replays of two clients that are much copied and not on the package index: openai-realtime-api-beta, OpenAI's reference
client (protocol.md E.3), and VoiceRAG's middle tier (E.4)."""

import asyncio
import base64
import json

import pytest
import websockets

import speech
from talk import LONG, PATIENCE

TOOL = {
    "type": "function",
    "name": "get_weather",
    "description": "Tells the weather in a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
MUST_CALL = {"type": "function", "name": "get_weather"}


class ReferenceClient:
    """Its conversation, made of the events alone: what comes too early or without a key breaks it (E.3 rows 2 to 8)."""

    def __init__(self, socket):
        self.socket = socket
        self.items = {}
        self.responses = {}
        self.queued_speech = {}
        self.queued_transcripts = {}
        self.heard = bytearray()
        self.events = []

    async def send(self, type, **fields):
        if type == "input_audio_buffer.append":
            self.heard += base64.b64decode(fields["audio"])
        await self.socket.send(json.dumps({"event_id": f"evt_{len(self.events)}", "type": type, **fields}))

    async def next(self):
        event = json.loads(await asyncio.wait_for(self.socket.recv(), PATIENCE))
        assert event["event_id"] and event["type"]  # row 2
        self.events.append(event)
        handle = getattr(self, "on_" + event["type"].replace(".", "_"), None)
        if handle:
            handle(event)
        return event

    async def until(self, *types):
        while True:
            event = await self.next()
            if event["type"] in types:
                return event
            assert event["type"] != "error", event

    def on_conversation_item_created(self, event):
        item = event["item"]
        assert isinstance(item.get("content", []), list)  # row 6
        if item["type"] == "function_call":
            assert item["arguments"] == "" or item["status"] == "completed"
        item["formatted"] = {"text": "", "transcript": "", "audio": b""}
        if item["id"] in self.queued_speech:
            item["formatted"]["audio"] = self.queued_speech.pop(item["id"])
        item["formatted"]["transcript"] = self.queued_transcripts.pop(item["id"], "")
        self.items[item["id"]] = item

    def on_input_audio_buffer_speech_started(self, event):
        self.queued_speech[event["item_id"]] = event["audio_start_ms"]

    def on_input_audio_buffer_speech_stopped(self, event):
        start = self.queued_speech[event["item_id"]]  # row 7: the same id, on the clock of what was appended
        self.queued_speech[event["item_id"]] = bytes(self.heard[start * 48 : event["audio_end_ms"] * 48])

    def on_conversation_item_input_audio_transcription_completed(self, event):
        if event["item_id"] in self.items:  # row 8
            self.items[event["item_id"]]["content"][event["content_index"]]["transcript"] = event["transcript"]
        else:
            self.queued_transcripts[event["item_id"]] = event["transcript"]

    def on_conversation_item_truncated(self, event):
        assert self.items[event["item_id"]]  # row 14

    def on_response_created(self, event):
        assert isinstance(event["response"]["output"], list)  # row 4
        self.responses[event["response"]["id"]] = event["response"]

    def on_response_output_item_added(self, event):
        self.responses[event["response_id"]]["output"].append(event["item"]["id"])

    def on_response_content_part_added(self, event):
        self.items[event["item_id"]]["content"].append(event["part"])  # rows 3, 5

    def on_response_audio_transcript_delta(self, event):
        self.items[event["item_id"]]["content"][event["content_index"]]["transcript"] += event["delta"]

    def on_response_text_delta(self, event):
        self.items[event["item_id"]]["content"][event["content_index"]]["text"] += event["delta"]

    def on_response_audio_delta(self, event):
        self.items[event["item_id"]]["formatted"]["audio"] += base64.b64decode(event["delta"])

    def on_response_function_call_arguments_delta(self, event):
        self.items[event["item_id"]]["arguments"] += event["delta"]

    def on_response_output_item_done(self, event):
        item = self.items[event["item"]["id"]]
        item["status"] = event["item"]["status"]
        if item["type"] == "function_call":
            assert item["arguments"] == event["item"]["arguments"]


# Row 1: what it sends at once, maybe before `session.created`.
DEFAULTS = {
    "modalities": ["text", "audio"], "instructions": "", "voice": "verse", "input_audio_format": "pcm16",
    "output_audio_format": "pcm16", "input_audio_transcription": None, "turn_detection": None, "tools": [],
    "tool_choice": "auto", "temperature": 0.8, "max_response_output_tokens": 4096,
}  # fmt: skip


@pytest.fixture
async def client(server, key):
    """As in a browser: keys in the subprotocols, one of which comes back."""
    protocols = ["realtime", f"openai-insecure-api-key.{key}", "openai-beta.realtime-v1"]
    url = f"ws://127.0.0.1:{server.port}/v1/realtime?model=gpt-4o-realtime-preview-2024-10-01"
    async with websockets.connect(url, subprotocols=protocols, max_size=None) as socket:
        assert socket.subprotocol == "realtime"
        client = ReferenceClient(socket)
        await client.send("session.update", session=DEFAULTS)
        assert (await client.next())["type"] == "session.created"
        updated = await client.until("session.updated")
        assert updated["session"]["voice"] == "verse" and updated["session"]["max_response_output_tokens"] == 4096
        yield client


async def say(client, text):
    content = [{"type": "input_text", "text": text}]
    await client.send("conversation.item.create", item={"type": "message", "role": "user", "content": content})


async def test_an_answer_is_put_together_from_its_deltas(client):
    """E.3 rows 3 to 6."""
    await say(client, "Hello!")
    await client.send("response.create", response={"max_output_tokens": 200})
    done = await client.until("response.done")
    (item,) = [client.items[name] for name in client.responses[done["response"]["id"]]["output"]]
    assert item["content"][0]["transcript"] == done["response"]["output"][0]["content"][0]["transcript"] != ""
    assert len(item["formatted"]["audio"]) > 4800 and len(item["formatted"]["audio"]) % 2 == 0


async def test_the_clients_own_copy_holds_the_speech(client):
    """E.3 rows 7, 8: it cuts what was said out of what it sent, by the server's milliseconds."""
    vad = {"type": "server_vad", "silence_duration_ms": 400, "create_response": False}
    transcription = {"model": "whisper-1"}
    await client.send("session.update", session={"turn_detection": vad, "input_audio_transcription": transcription})
    await client.until("session.updated")
    for chunk in speech.chunks(speech.silence(500) + speech.pcm16(speech.SENTENCE) + speech.silence(800), 9600):
        await client.send("input_audio_buffer.append", audio=chunk)
    completed = await client.until("conversation.item.input_audio_transcription.completed")
    item = client.items[completed["item_id"]]
    assert speech.SENTENCE_WORDS <= speech.words(item["content"][0]["transcript"])
    assert len(item["formatted"]["audio"]) > 48 * 2000


async def test_a_tool_is_answered_before_the_response_is_done(client):
    """E.3 row 9: output and `response.create` go out as soon as the call is whole."""
    await client.send("session.update", session={"tools": [TOOL], "tool_choice": MUST_CALL})
    await client.until("session.updated")
    await say(client, "What is the weather in Paris?")
    await client.send("response.create")
    call = (await client.until("response.output_item.done"))["item"]
    assert call["name"] == "get_weather" and json.loads(call["arguments"])["city"]
    output = {"type": "function_call_output", "call_id": call["call_id"], "output": '{"sky":"sunny"}'}
    # A small model may talk for minutes.
    await client.send("session.update", session={"tool_choice": "none", "max_response_output_tokens": 200})
    await client.send("conversation.item.create", item=output)
    await client.send("response.create")
    first = await client.until("response.done")
    second = await client.until("response.done")
    assert first["response"]["output"][0]["call_id"] == call["call_id"]
    assert second["response"]["output"][0]["type"] == "message"


async def test_push_to_talk_commits_before_it_asks(client):
    """E.3 row 10."""
    for chunk in speech.chunks(speech.pcm16(speech.CARDS), 9600):
        await client.send("input_audio_buffer.append", audio=chunk)
    await client.send("input_audio_buffer.commit")
    await client.send("response.create", response={"max_output_tokens": 200})
    assert (await client.until("response.done"))["response"]["status"] in ("completed", "incomplete")
    assert [item["role"] for item in client.items.values()] == ["user", "assistant"]


async def test_an_answer_is_cut_where_it_was_heard(client):
    """E.3 rows 11, 14: cancel, then truncate by samples."""
    await say(client, LONG)
    await client.send("response.create")
    delta = await client.until("response.audio.delta")
    await client.send("response.cancel")
    cut = {"item_id": delta["item_id"], "content_index": 0, "audio_end_ms": 1200 * 1000 // 24000}
    await client.send("conversation.item.truncate", **cut)
    assert (await client.until("response.done"))["response"]["status"] == "cancelled"
    assert (await client.until("conversation.item.truncated"))["audio_end_ms"] == 50


class VoiceRAG:
    """The middle tier between a browser and Azure: it edits messages both ways (E.4)."""

    def __init__(self, socket):
        self.socket = socket
        self.calls = {}  # by call_id: the item before it
        self.pending = False
        self.browser = []

    async def send(self, **message):
        if message["type"] == "session.update":  # row 2
            message["session"] |= {"tools": [TOOL], "tool_choice": MUST_CALL, "instructions": "Use the tool."}
        await self.socket.send(json.dumps(message))

    async def until(self, *types):
        """Reads on; what the browser may see is in `browser`."""
        while True:
            message = json.loads(await asyncio.wait_for(self.socket.recv(), PATIENCE))
            assert message["type"] != "error", message
            shown = await self.edit(message)
            if shown:
                self.browser.append(shown)
            if message["type"] in types:
                return message

    async def edit(self, message):
        if message["type"] == "session.created":  # row 1
            session = message["session"]
            for name in ("instructions", "tools", "voice", "tool_choice", "max_response_output_tokens"):
                assert name in session
            return {**message, "session": {**session, "instructions": "", "tools": [], "tool_choice": "none"}}
        item = message.get("item", {})
        if message["type"] == "response.output_item.added" and item["type"] == "function_call":  # row 3
            return None
        if message["type"] == "conversation.item.created" and item["type"] == "function_call":  # row 4
            self.calls[item["call_id"]] = message["previous_item_id"]
            return None
        if message["type"] == "conversation.item.created" and item["type"] == "function_call_output":
            return None
        if message["type"].startswith("response.function_call_arguments."):  # row 5
            return None
        if message["type"] == "response.output_item.done" and item["type"] == "function_call":  # row 6
            assert item["call_id"] in self.calls, "the item was created before it was done"
            output = {"type": "function_call_output", "call_id": item["call_id"], "output": '{"sky":"sunny"}'}
            await self.socket.send(json.dumps({"type": "conversation.item.create", "item": output}))
            self.pending = True
            return None
        if message["type"] == "response.done":  # row 7
            if self.pending:
                self.pending = False
                brief = {"tool_choice": "none", "max_response_output_tokens": 200}  # a small model may talk for minutes
                await self.socket.send(json.dumps({"type": "session.update", "session": brief}))
                await self.socket.send(json.dumps({"type": "response.create"}))
            output = [item for item in message["response"]["output"] if item["type"] != "function_call"]
            return {**message, "response": {**message["response"], "output": output}}
        return message


async def test_voicerag_keeps_its_tool_to_itself(server, key):
    """E.4 rows 1 to 9: the browser speaks, the middle tier calls, the browser hears."""
    url = f"ws://127.0.0.1:{server.port}/openai/realtime?api-version=2024-10-01-preview&deployment=gpt-4o-realtime-preview"
    async with websockets.connect(url, additional_headers={"api-key": key}, max_size=None) as socket:
        tier = VoiceRAG(socket)
        await tier.until("session.created")
        vad = {"type": "server_vad"}
        await tier.send(
            type="session.update", session={"turn_detection": vad, "input_audio_transcription": {"model": "whisper-1"}})
        await tier.until("session.updated")
        for chunk in speech.chunks(speech.pcm16(speech.SENTENCE) + speech.silence(800), 9600):
            await tier.send(type="input_audio_buffer.append", audio=chunk)
        assert (await tier.until("response.done"))["response"]["output"][0]["type"] == "function_call"
        assert (await tier.until("response.done"))["response"]["output"][0]["type"] == "message"
        shown = {message["type"] for message in tier.browser}
        assert {"response.audio.delta", "input_audio_buffer.speech_started", "response.audio_transcript.delta"} <= shown
        assert "conversation.item.input_audio_transcription.completed" in shown
        items = [event["item"] for event in tier.browser if "item" in event]
        assert not [item for item in items if item["type"] != "message"]
