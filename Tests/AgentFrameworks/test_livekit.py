"""LiveKit's agent session over its OpenAI plugin, with a microphone and a speaker of our own (protocol.md E.7)."""

import asyncio
import contextlib

import pytest
from livekit import rtc
from livekit.agents import Agent, AgentSession, function_tool, io
from livekit.plugins.openai.realtime import RealtimeModel
from openai.types import realtime

import speech
from talk import LONG, PATIENCE

WAYS = ("openai", "azure", "azure-preview")
SERVER_VAD = realtime.realtime_audio_input_turn_detection.ServerVad(type="server_vad", silence_duration_ms=400)


@pytest.fixture(params=WAYS)
def way(request):
    return request.param


def model(way, server, key, **options):
    """As the plugin's documentation shows each way, with the server's address."""
    address = f"http://127.0.0.1:{server.port}"
    if way == "openai":
        return RealtimeModel(base_url=f"{address}/v1", api_key=key, **options)
    if way == "azure-preview":
        # Its own default is a voice of GA, for which there is a test.
        options = {"api_version": "2024-10-01-preview", "voice": "alloy"} | options
    return RealtimeModel.with_azure(azure_deployment="gpt-realtime", azure_endpoint=address, api_key=key, **options)


class Microphone(io.AudioInput):
    def __init__(self):
        super().__init__(label="microphone")
        self.frames = asyncio.Queue()

    async def __anext__(self):
        return await self.frames.get()

    async def speak(self, audio):
        for start in range(0, len(audio), 4800):
            chunk = audio[start : start + 4800]
            self.frames.put_nowait(rtc.AudioFrame(chunk, 24000, 1, len(chunk) // 2))
            await asyncio.sleep(0.02)


class Speaker(io.AudioOutput):
    """Plays in no time what is whole; what is cut off was played for 200 ms."""

    def __init__(self):
        super().__init__(label="speaker", capabilities=io.AudioOutputCapabilities(pause=False))
        self.played = b""
        self.seconds = 0
        self.began = asyncio.Event()

    async def capture_frame(self, frame):
        await super().capture_frame(frame)
        self.played += bytes(frame.data)
        self.seconds += frame.duration
        self.began.set()

    def flush(self):
        super().flush()
        self.on_playback_finished(playback_position=self.seconds, interrupted=False)
        self.seconds = 0

    def clear_buffer(self):
        if self.seconds:
            self.on_playback_finished(playback_position=0.2, interrupted=True)
        self.seconds = 0


class Talk:
    """A session, what it heard and said, and its errors."""

    def __init__(self, session):
        self.session = session
        self.session.input.audio = self.microphone = Microphone()
        self.session.output.audio = self.speaker = Speaker()
        self.failed = asyncio.get_running_loop().create_future()
        self.heard = asyncio.Queue()
        self.answered = asyncio.Event()
        session.on("error", lambda event: self.failed.done() or self.failed.set_result(event.error))
        session.on("user_input_transcribed", lambda event: event.is_final and self.heard.put_nowait(event.transcript))
        session.on("conversation_item_added", lambda event: self.said() and self.answered.set())

    async def soon(self, waited_for):
        """What was waited for; an error of the session comes first."""
        task = asyncio.ensure_future(waited_for)
        try:
            done, _ = await asyncio.wait([task, self.failed], timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
            assert not self.failed.done(), self.failed.result()
            assert done, "nothing came"
            return await task
        finally:
            task.cancel()

    async def ask(self, text, **options):
        return await self.soon(self.session.generate_reply(user_input=text, **options).wait_for_playout())

    def said(self):
        """What the agent said, as the session's history has it."""
        return [item for item in self.session.history.items if item.type == "message" and item.role == "assistant"]


@contextlib.asynccontextmanager
async def talking(server, key, way="openai", tools=(), **options):
    llm = model(way, server, key, **options)
    async with contextlib.aclosing(llm), contextlib.aclosing(AgentSession(llm=llm, vad=None)) as session:
        talk = Talk(session)
        await session.start(Agent(instructions="You answer in one short sentence.", tools=list(tools)), record=False)
        yield talk
    assert not talk.failed.done(), talk.failed.result()


async def test_a_written_question_is_answered_aloud(server, key, way):
    """E.7 rows 1, 3, 4, 5: metadata comes back, items are confirmed, the modality is that of the part."""
    async with talking(server, key, way) as talk:
        await talk.ask("What is the capital of France?")
        assert len(talk.speaker.played) > 4800
        [message] = talk.said()
        assert message.text_content.strip() and not message.interrupted


async def test_a_spoken_question_is_answered_aloud(server, key, way):
    """E.7 rows 8, 11: chunks of 100 ms, a turn that server_vad ends, the transcript of the item that was announced."""
    async with talking(server, key, way, turn_detection=SERVER_VAD) as talk:
        await talk.microphone.speak(speech.pcm16(speech.SENTENCE) + speech.silence(1000))
        assert speech.SENTENCE_WORDS <= speech.words(await talk.soon(talk.heard.get()))
        await talk.soon(talk.answered.wait())
        assert len(talk.speaker.played) > 4800 and talk.said()[0].text_content.strip()


async def test_the_defaults_are_taken(server, key, way):
    """E.7, E.2 row 2: the plugin's own turn detection, transcription and voice, which is marin everywhere."""
    async with talking(server, key, way, voice="marin") as talk:
        await talk.microphone.speak(speech.pcm16(speech.SENTENCE) + speech.silence(5000))
        assert speech.SENTENCE_WORDS <= speech.words(await talk.soon(talk.heard.get()))


async def test_speech_interrupts_an_answer(server, key, way):
    """E.7 row 12: truncate with the player's number; the next turn is answered."""
    async with talking(server, key, way, turn_detection=SERVER_VAD) as talk:
        handle = talk.session.generate_reply(user_input=LONG)
        await talk.soon(talk.speaker.began.wait())
        await talk.microphone.speak(speech.pcm16(speech.CARDS) + speech.silence(1000))
        await talk.soon(handle.wait_for_playout())
        assert handle.interrupted
        talk.speaker.began.clear()
        await talk.soon(talk.heard.get())
        await talk.soon(talk.speaker.began.wait())


async def test_the_application_interrupts(server, key, way):
    """E.7 rows 7, 9: cancel, also where nothing is left to cancel; the next question is answered."""
    async with talking(server, key, way) as talk:
        handle = talk.session.generate_reply(user_input=LONG)
        await talk.soon(talk.speaker.began.wait())
        await talk.session.interrupt()
        await talk.soon(handle.wait_for_playout())
        assert handle.interrupted
        talk.speaker.began.clear()
        talk.session.generate_reply(user_input="What is the capital of France?")
        await talk.soon(talk.speaker.began.wait())


async def test_a_function_is_called_and_its_result_told(server, key, way):
    """E.7 rows 3, 5, 6, 10: the call is run, its output is an item, and the agent speaks after it."""
    cities = []

    @function_tool
    async def get_weather(city: str) -> str:
        """Tells the weather in a city."""
        cities.append(city)
        return "Sunny, 20 degrees."

    async with talking(server, key, way, [get_weather]) as talk:
        await talk.ask("What is the weather in Paris?", tool_choice="required")
        assert len(cities) >= 1 and isinstance(cities[0], str)
        outputs = [item for item in talk.session.history.items if item.type == "function_call_output"]
        assert outputs[0].output == "Sunny, 20 degrees." and not outputs[0].is_error


async def test_history_is_put_into_the_conversation(server, key, way):
    """E.7 rows 5, 6: items with the framework's ids, the first of them inserted at "root", one taken out again."""
    async with talking(server, key, way) as talk:
        agent = talk.session.current_agent
        history = agent.chat_ctx.copy()
        history.add_message(role="user", content="My name is Ann.", id="item_ann")
        history.add_message(role="assistant", content="Hello Ann.", id="msg_hello")
        await agent.update_chat_ctx(history)
        first = agent.chat_ctx.copy()
        first.items.insert(0, history.items[-1].model_copy(update={"id": "item_first"}))
        await agent.update_chat_ctx(first)
        first.items.remove(first.get_by_id("item_ann"))
        await agent.update_chat_ctx(first)
        remote = agent.realtime_llm_session.chat_ctx
        assert [item.id for item in remote.items] == ["item_first", "msg_hello"]
