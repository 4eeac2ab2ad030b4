"""Pipecat's OpenAI and Azure Realtime services, each in a pipeline as the documentation builds it (protocol.md E.6)."""

import asyncio
import contextlib
import logging

import loguru
import pytest
from pipecat.adapters.llm.schemas.function_schema import FunctionSchema
from pipecat.adapters.llm.schemas.tools_schema import ToolsSchema
from pipecat.frames.frames import (
    ErrorFrame,
    FunctionCallResultFrame,
    InputAudioRawFrame,
    InputImageRawFrame,
    InterruptionFrame,
    LLMFullResponseEndFrame,
    LLMRunFrame,
    MetricsFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
    TTSStoppedFrame,
    TTSTextFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.observers.base_observer import BaseObserver
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import LLMContextAggregatorPair
from pipecat.services.azure.realtime.llm import AzureRealtimeLLMService
from pipecat.services.openai.realtime.events import (
    AudioConfiguration,
    AudioInput,
    InputAudioTranscription,
    SessionProperties,
    SessionUpdateEvent,
    TurnDetection,
)
from pipecat.services.openai.realtime.llm import OpenAIRealtimeLLMService
from pipecat.workers.runner import WorkerRunner

import speech
from talk import LONG, PATIENCE

WAYS = {"openai": (OpenAIRealtimeLLMService, "/v1/realtime"), "azure": (AzureRealtimeLLMService, "/openai/v1/realtime")}
QUICK = TurnDetection(silence_duration_ms=400)
LISTENING = AudioConfiguration(input=AudioInput(transcription=InputAudioTranscription(), turn_detection=QUICK))


@pytest.fixture(params=WAYS)
def way(request):
    return request.param


@pytest.fixture(autouse=True)
def heard_by_logging(no_complaints):
    """Pipecat's complaints, where `no_complaints` reads them."""
    loguru.logger.remove()
    loguru.logger.add(lambda line: logging.getLogger("pipecat").error(line), level="ERROR")


class Frames(BaseObserver):
    """All that the service says, once, in either direction."""

    def __init__(self, service):
        super().__init__()
        self.service = service
        self.arriving = asyncio.Queue()
        self.seen = []

    async def on_push_frame(self, data):
        if data.source is self.service:
            self.arriving.put_nowait(data.frame)

    async def until(self, kind):
        """Reads on to the next frame of that kind."""
        while True:
            frame = await asyncio.wait_for(self.arriving.get(), PATIENCE)
            assert not isinstance(frame, ErrorFrame), frame.error
            self.seen.append(frame)
            if isinstance(frame, kind):
                return frame

    def audio(self):
        return b"".join(frame.audio for frame in self.seen if isinstance(frame, TTSAudioRawFrame))

    def text(self):
        return "".join(frame.text for frame in self.seen if isinstance(frame, TTSTextFrame))


class Talk:
    def __init__(self, worker, context, service, frames):
        self.worker, self.context, self.service, self.frames = worker, context, service, frames
        self.until = frames.until

    async def speak(self, audio):
        for start in range(0, len(audio), 4800):
            await self.worker.queue_frame(InputAudioRawFrame(audio[start : start + 4800], 24000, 1))
            await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def talking(server, key, way="openai", question=None, tools=(), model="gpt-realtime", functions=(), **properties):
    kind, path = WAYS[way]
    settings = {"session_properties": SessionProperties(**properties)} | ({"model": model} if model else {})
    url = f"ws://127.0.0.1:{server.port}{path}"
    service = kind(api_key=key, base_url=url, settings=kind.Settings(**settings))
    for name, function in functions:
        service.register_function(name, function)
    messages = [{"role": "user", "content": question}] if question else []
    context = LLMContext(messages, ToolsSchema(list(tools)))
    user, assistant = LLMContextAggregatorPair(context)
    frames = Frames(service)
    params = PipelineParams(enable_metrics=True, enable_usage_metrics=True)
    worker = PipelineWorker(Pipeline([user, service, assistant]), params=params, observers=[frames], enable_rtvi=False)
    started = asyncio.Event()
    worker.add_event_handler("on_pipeline_started", lambda *_: started.set())
    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    running = asyncio.create_task(runner.run())
    await asyncio.wait_for(started.wait(), PATIENCE)
    await worker.queue_frame(LLMRunFrame())
    try:
        yield Talk(worker, context, service, frames)
    finally:
        await worker.cancel()
        await running


async def test_a_written_question_is_answered_aloud(server, key, way):
    """E.6 rows 1, 4, 5, 8, 9: update after session.created, ids of 32 characters, 24 kHz audio, tokens counted."""
    async with talking(server, key, way, "What is the capital of France?") as talk:
        await talk.until(TTSStoppedFrame)
        await talk.until(LLMFullResponseEndFrame)
        assert len(talk.frames.audio()) > 4800 and talk.frames.text().strip()
        usage = [data.value for frame in talk.frames.seen if isinstance(frame, MetricsFrame) for data in frame.data]
        assert any(getattr(value, "completion_tokens", 0) > 0 for value in usage)


async def test_the_default_model(server, key):
    """E.6: who changes only the URL's host keeps the service's default model."""
    async with talking(server, key, "openai", "Say yes.", model=None) as talk:
        await talk.until(LLMFullResponseEndFrame)


async def test_a_spoken_question_is_answered_aloud(server, key, way):
    """E.6 rows 1, 5, 8: a turn that server_vad ends, with pipecat's own model of transcription."""
    async with talking(server, key, way, audio=LISTENING) as talk:
        await talk.until(LLMFullResponseEndFrame)  # the greeting
        await talk.speak(speech.pcm16(speech.SENTENCE) + speech.silence(1000))
        heard = await talk.until(TranscriptionFrame)
        assert speech.SENTENCE_WORDS <= speech.words(heard.text)
        before = len(talk.frames.audio())
        await talk.until(LLMFullResponseEndFrame)
        assert len(talk.frames.audio()) > before


async def test_speech_interrupts_an_answer(server, key):
    """E.6 row 7: the service truncates with its own clock, which no error may follow; the next turn is answered."""
    async with talking(server, key, "openai", LONG, audio=LISTENING) as talk:
        await talk.until(TTSAudioRawFrame)
        await talk.speak(speech.pcm16(speech.CARDS) + speech.silence(1000))
        await talk.until(LLMFullResponseEndFrame)
        await talk.until(TTSAudioRawFrame)


async def test_the_user_speaks_by_hand(server, key):
    """E.6 rows 3, 7: clear and cancel with nothing to cancel are harmless; commit and response.create follow."""
    listening = AudioConfiguration(input=AudioInput(turn_detection=False))
    async with talking(server, key, "openai", "Say yes.", audio=listening) as talk:
        await talk.until(LLMFullResponseEndFrame)
        await talk.worker.queue_frame(InterruptionFrame())
        await talk.speak(speech.pcm16(speech.CARDS))
        before = len(talk.frames.audio())
        await talk.worker.queue_frame(UserStoppedSpeakingFrame())
        await talk.until(TTSAudioRawFrame)
        await talk.until(LLMFullResponseEndFrame)
        assert len(talk.frames.audio()) > before


async def test_a_function_is_called_and_its_result_told(server, key, way):
    """E.6 rows 2, 5: the name comes with conversation.item.added; the echoed tool_choice is a word."""
    calls = []
    weather = FunctionSchema("get_weather", "Tells the weather in a city.", {"city": {"type": "string"}}, ["city"])

    async def get_weather(params):
        calls.append(params.arguments)
        # One call is enough: what comes after it is spoken.
        await params.llm.send_client_event(SessionUpdateEvent(session=SessionProperties(tool_choice="none")))
        await params.result_callback({"weather": "sunny"})

    functions = [("get_weather", get_weather)]
    question = "What is the weather in Paris?"
    async with talking(server, key, way, question, [weather], functions=functions, tool_choice="required") as talk:
        result = await talk.until(FunctionCallResultFrame)
        assert (result.function_name, result.result) == ("get_weather", {"weather": "sunny"})
        await talk.until(TTSAudioRawFrame)
        await talk.until(LLMFullResponseEndFrame)
        assert len(calls) == 1 and isinstance(calls[0]["city"], str)


async def test_items_are_retrieved_or_refused(server, key):
    """E.6 row 3: the refusal carries the event_id with rci_, and the session goes on."""
    async with talking(server, key, "openai", "Say yes.") as talk:
        ids = []
        talk.service.add_event_handler("on_conversation_item_updated", lambda service, id, item: ids.append(id))
        await talk.until(LLMFullResponseEndFrame)
        item = await asyncio.wait_for(talk.service.retrieve_conversation_item(ids[-1]), PATIENCE)
        assert (item.id, item.role) == (ids[-1], "assistant")
        with pytest.raises(Exception, match="nobody"):
            await asyncio.wait_for(talk.service.retrieve_conversation_item("nobody"), PATIENCE)
        item = await asyncio.wait_for(talk.service.retrieve_conversation_item(ids[-1]), PATIENCE)
        assert item.status == "completed"


async def test_a_picture_does_not_end_the_session(server, key):
    """E.6 row 6: camera frames are input_image items; an error would end the service."""
    async with talking(server, key, "openai", "Say yes.", audio=LISTENING) as talk:
        await talk.until(LLMFullResponseEndFrame)
        await talk.worker.queue_frame(InputImageRawFrame(bytes(3 * 64 * 64), (64, 64), "RGB"))
        await talk.speak(speech.pcm16(speech.CARDS) + speech.silence(1000))
        await talk.until(TranscriptionFrame)
        await talk.until(LLMFullResponseEndFrame)
