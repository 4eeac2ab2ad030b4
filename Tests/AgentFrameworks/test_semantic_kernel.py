"""Semantic Kernel's realtime clients over WebSocket, OpenAI's and Azure's (protocol.md E.8 row 1, E.10)."""

import asyncio
import contextlib

import openai
import pytest
from semantic_kernel.connectors.ai.function_choice_behavior import FunctionChoiceBehavior
from semantic_kernel.connectors.ai.open_ai import (
    AzureRealtimeExecutionSettings,
    AzureRealtimeWebsocket,
    InputAudioTranscription,
    OpenAIRealtimeExecutionSettings,
    OpenAIRealtimeWebsocket,
    SendEvents,
    TurnDetection,
)
from semantic_kernel.contents import (
    AudioContent,
    ChatHistory,
    RealtimeAudioEvent,
    RealtimeEvent,
    RealtimeFunctionResultEvent,
    RealtimeTextEvent,
    TextContent,
)
from semantic_kernel.functions import kernel_function

import speech
from talk import LONG, PATIENCE
from tls import tls

WAYS = ("openai", "azure")
LISTENING = {
    "turn_detection": TurnDetection(type="server_vad", silence_duration_ms=400),
    "input_audio_transcription": InputAudioTranscription(model="whisper-1"),
}


@pytest.fixture(params=WAYS)
def way(request):
    return request.param


@pytest.fixture
async def service(way, server, key, tmp_path, monkeypatch):
    """Each client as its documentation shows it, with the server's address, and the settings that go with it."""
    if way == "openai":
        stock = openai.AsyncOpenAI(api_key=key, base_url=f"http://127.0.0.1:{server.port}/v1")
        yield OpenAIRealtimeWebsocket(ai_model_id="gpt-realtime", client=stock), OpenAIRealtimeExecutionSettings
        return
    # This client makes wss:// out of every endpoint.
    async with tls(server.port, tmp_path, monkeypatch) as port:
        endpoint = f"https://localhost:{port}"
        azure = AzureRealtimeWebsocket(deployment_name="gpt-realtime", endpoint=endpoint, api_key=key)
        yield azure, AzureRealtimeExecutionSettings


class Talk:
    def __init__(self, client):
        self.client = client
        self.stream = client.receive()
        self.events = []

    async def until(self, found):
        """Reads on to the next message of that type, or the next event of that class."""
        while True:
            event = await asyncio.wait_for(anext(self.stream), PATIENCE)
            self.events.append(event)
            assert event.service_type != "error", event.service_event
            if event.service_type == found or isinstance(found, type) and isinstance(event, found):
                return event

    async def send(self, type, **data):
        await self.client.send(RealtimeEvent(service_type=type, service_event=data))

    async def say(self, text):
        await self.client.send(RealtimeTextEvent(text=TextContent(text=text)))

    async def ask(self, text):
        await self.say(text)
        await self.send(SendEvents.RESPONSE_CREATE)
        return (await self.until("response.done")).service_event.response

    async def speak(self, audio):
        for chunk in speech.chunks(audio, 4800):
            await self.client.send(RealtimeAudioEvent(audio=AudioContent(data=chunk, data_format="base64")))
            await asyncio.sleep(0.02)

    def audio(self):
        return b"".join(event.audio.data for event in self.events if isinstance(event, RealtimeAudioEvent))

    def text(self):
        return "".join(event.text.text for event in self.events if isinstance(event, RealtimeTextEvent))


@contextlib.asynccontextmanager
async def talking(service, history=None, plugins=None, **settings):
    client, settings_class = service
    settings = settings_class(instructions="You answer in one short sentence.", voice="alloy", **settings)
    async with client(chat_history=history, settings=settings, create_response=bool(history), plugins=plugins or []):
        yield Talk(client)


async def test_a_written_question_is_answered_aloud(service):
    """E.8 row 1: the history becomes items, the response is asked for, sound and words come as the SDK's types."""
    history = ChatHistory()
    history.add_user_message("What is the capital of France?")
    async with talking(service, history) as talk:
        await talk.until("session.updated")
        response = (await talk.until("response.done")).service_event.response
        assert response.status == "completed" and response.output[0].content[0].transcript == talk.text()
        assert len(talk.audio()) > 4800 and talk.text().strip()


async def test_a_spoken_question_is_answered_aloud(service):
    """C.5: a turn that server_vad ends, and what was heard."""
    async with talking(service, **LISTENING) as talk:
        await talk.speak(speech.pcm16(speech.SENTENCE) + speech.silence(1000))
        heard = await talk.until("conversation.item.input_audio_transcription.completed")
        assert speech.SENTENCE_WORDS <= speech.words(heard.service_event.transcript)
        done = [event for event in talk.events if event.service_type == "response.done"]
        assert done or await talk.until("response.done")
        assert len(talk.audio()) > 4800 and talk.text().strip()


async def test_speech_interrupts_an_answer(service):
    """C.10: the response is cancelled, and truncate with the player's number is answered."""
    async with talking(service, **LISTENING) as talk:
        await talk.say(LONG)
        await talk.send(SendEvents.RESPONSE_CREATE)
        item_id = (await talk.until(RealtimeAudioEvent)).service_event.item_id
        await talk.speak(speech.pcm16(speech.CARDS) + speech.silence(1000))
        await talk.until("input_audio_buffer.speech_started")
        await talk.send(SendEvents.CONVERSATION_ITEM_TRUNCATE, item_id=item_id, audio_end_ms=50)
        response = (await talk.until("response.done")).service_event.response
        assert (response.status, response.status_details.reason) == ("cancelled", "turn_detected")
        await talk.until("conversation.item.truncated")


async def test_the_user_cancels(service):
    """C.12: cancel, which names no response; the next question is answered."""
    async with talking(service) as talk:
        await talk.say(LONG)
        await talk.send(SendEvents.RESPONSE_CREATE)
        await talk.until(RealtimeAudioEvent)
        await talk.send(SendEvents.RESPONSE_CANCEL)
        response = (await talk.until("response.done")).service_event.response
        assert (response.status, response.status_details.reason) == ("cancelled", "client_cancelled")
        await talk.say("What is the capital of France?")
        await talk.send(SendEvents.RESPONSE_CREATE)
        await talk.until(RealtimeAudioEvent)


async def test_a_function_is_called_and_its_result_told(service):
    """C.9: the kernel runs the call at arguments.done and sends output and response.create before response.done."""
    cities = []
    client, settings_class = service

    class Weather:
        @kernel_function(description="Tells the weather in a city.")
        async def get(self, city: str) -> str:
            cities.append(city)
            # One call is enough: what comes after it is spoken.
            await client.update_session(settings=settings_class(tool_choice="none"), plugins=[])
            return "Sunny, 20 degrees."

    plugins = [Weather()]
    required = FunctionChoiceBehavior.Required()
    async with talking(service, plugins=plugins, function_choice_behavior=required) as talk:
        response = await talk.ask("What is the weather in Paris?")
        assert response.output[-1].name == "Weather-get"
        result = next(event for event in talk.events if isinstance(event, RealtimeFunctionResultEvent))
        assert result.function_result.result == "Sunny, 20 degrees."
        response = (await talk.until("response.done")).service_event.response
        assert response.status == "completed" and response.output[0].type == "message"
        assert len(cities) == 1 and len(talk.audio()) > 4800
