"""The OpenAI Agents SDK's realtime session (protocol.md E.5)."""

import asyncio
import contextlib

import pytest
from agents import function_tool
from agents.realtime import RealtimeAgent, RealtimeModelSendSessionUpdate, RealtimeRunner

import speech
from talk import LONG, PATIENCE

WAYS = {"openai": "/v1/realtime", "azure": "/openai/v1/realtime"}


@pytest.fixture(params=WAYS)
def way(request):
    return request.param


class Talk:
    """A session, all of its events, and no error among them."""

    def __init__(self, session):
        self.session = session
        self.stream = aiter(session)
        self.events = []

    async def until(self, type):
        """Reads on to the next event of that type."""
        while True:
            event = await asyncio.wait_for(anext(self.stream), PATIENCE)
            self.events.append(event)
            assert event.type != "error", event.error
            if event.type == type:
                return event

    async def until_raw(self, type):
        """Reads on to the next message of the server of that type."""
        while True:
            data = (await self.until("raw_model_event")).data
            if data.type == "raw_server_event" and data.data["type"] == type:
                return data.data

    def raw_types(self):
        data = [event.data for event in self.events if event.type == "raw_model_event"]
        return {each.data["type"] for each in data if each.type == "raw_server_event"}

    async def speak(self, audio):
        for start in range(0, len(audio), 4800):
            await self.session.send_audio(audio[start : start + 4800])
            await asyncio.sleep(0.02)

    def audio(self):
        return b"".join(event.audio.data for event in self.events if event.type == "audio")

    def history(self):
        return [event for event in self.events if event.type == "history_updated"][-1].history

    def said(self, role):
        """The texts and transcripts of one side."""
        messages = [item for item in self.history() if item.type == "message" and item.role == role]
        return [part.transcript if "audio" in part.type else part.text for item in messages for part in item.content]


@contextlib.asynccontextmanager
async def talking(server, key, way="openai", tools=(), **settings):
    agent = RealtimeAgent(name="Assistant", instructions="You answer in one short sentence.", tools=list(tools))
    config = {"url": f"ws://127.0.0.1:{server.port}{WAYS[way]}?model=gpt-realtime", "initial_model_settings": settings}
    # The SDK's own note on `headers` gives Azure's way of showing the key.
    config |= {"api_key": key} if way == "openai" else {"headers": {"api-key": key}}
    async with await RealtimeRunner(agent).run(model_config=config) as session:
        yield Talk(session)


async def test_a_written_question_is_answered_aloud(server, key, way):
    """E.5 rows 1, 2, 4, 9: every message is valid for the GA models, and the SDK's own update is taken."""
    async with talking(server, key, way) as talk:
        await talk.session.send_message("What is the capital of France?")
        await talk.until("agent_start")
        await talk.until("audio_end")
        await talk.until("agent_end")
        assert len(talk.audio()) > 4800
        assert talk.said("user") == ["What is the capital of France?"]
        assert talk.said("assistant")[0].strip()


async def test_the_defaults_are_taken_and_echoed(server, key, way):
    """E.5 rows 3, 11: semantic_vad, gpt-4o-mini-transcribe and the voice ash; the echoed format is pcm16."""
    async with talking(server, key, way) as talk:
        await talk.until_raw("session.created")
        session = (await talk.until_raw("session.updated"))["session"]
        assert session["audio"]["input"]["turn_detection"]["type"] == "semantic_vad"
        assert session["audio"]["input"]["turn_detection"]["interrupt_response"] is True
        assert session["audio"]["input"]["transcription"]["model"] == "gpt-4o-mini-transcribe"
        assert session["audio"]["output"]["voice"] == "ash"
        assert session["audio"]["output"]["format"] == {"type": "audio/pcm", "rate": 24000}


async def test_a_spoken_question_is_answered_aloud(server, key, way):
    """E.5 rows 3, 5, 8: a turn that semantic_vad ends; the SDK retrieves the answer after the transcript."""
    async with talking(server, key, way) as talk:
        await talk.speak(speech.pcm16(speech.SENTENCE) + speech.silence(5000))
        await talk.until("agent_end")
        while not talk.said("user") or not talk.said("user")[0]:
            await talk.until("history_updated")
        assert speech.SENTENCE_WORDS <= speech.words(talk.said("user")[0])
        assert len(talk.audio()) > 4800 and talk.said("assistant")[0].strip()


async def test_the_default_model(server, key):
    """E.5 row 3: who changes only the URL's host has the SDK's default model in it."""
    agent = RealtimeAgent(name="Assistant", instructions="You answer in one short sentence.")
    runner = RealtimeRunner(agent)
    url = f"ws://127.0.0.1:{server.port}/v1/realtime?model={runner._model.model}"
    async with await runner.run(model_config={"url": url, "api_key": key}) as session:
        talk = Talk(session)
        await session.send_message("Say yes.")
        await talk.until("agent_end")


async def test_speech_interrupts_an_answer(server, key):
    """E.5 rows 5, 7: the SDK truncates at what it thinks was played, and the item is retrieved after that."""
    vad = {"type": "server_vad", "silence_duration_ms": 400, "interrupt_response": True}
    async with talking(server, key, turn_detection=vad) as talk:
        await talk.session.send_message(LONG)
        await talk.until("audio")
        await talk.speak(speech.pcm16(speech.CARDS) + speech.silence(1000))
        await talk.until("audio_interrupted")
        assert (await talk.until_raw("response.done"))["response"]["status"] == "cancelled"
        await talk.until("audio")
        assert {"conversation.item.truncated", "conversation.item.retrieved"} <= talk.raw_types()


async def test_the_user_interrupts_by_hand(server, key):
    """E.5 rows 6, 7: truncate and cancel where the server does not interrupt; the next question is answered."""
    vad = {"type": "server_vad", "interrupt_response": False}
    async with talking(server, key, turn_detection=vad) as talk:
        await talk.session.send_message(LONG)
        await talk.until("audio")
        await talk.session.interrupt()
        await talk.until("audio_interrupted")
        assert (await talk.until_raw("response.done"))["response"]["status"] == "cancelled"
        await talk.session.send_message("What is the capital of France?")
        await talk.until_raw("response.created")
        await talk.until("audio")


async def test_a_function_is_called_and_its_result_told(server, key, way):
    """E.5 row 6: the output goes out on output_item.done, and the next response waits for response.done."""
    cities = []

    @function_tool
    async def get_weather(city: str) -> str:
        """Tells the weather in a city."""
        cities.append(city)
        # One call is enough: what comes after it is spoken.
        await talk.session.model.send_event(RealtimeModelSendSessionUpdate({"tools": [], "tool_choice": "none"}))
        return "Sunny, 20 degrees."

    async with talking(server, key, way, [get_weather], tool_choice="required") as talk:
        await talk.session.send_message("What is the weather in Paris?")
        assert (await talk.until("tool_end")).output == "Sunny, 20 degrees."
        await talk.until("audio_end")
        await talk.until("agent_end")
        assert len(cities) == 1 and len(talk.audio()) > 4800
        call = next(item for item in talk.history() if item.type == "function_call")
        assert (call.name, call.status, call.output) == ("get_weather", "completed", "Sunny, 20 degrees.")
