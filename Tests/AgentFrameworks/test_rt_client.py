"""Replays of rt-client (JavaScript) and rtclient (Python) over Azure's preview path (protocol.md E.1, E.2)."""

import asyncio
import json
import urllib.parse
import uuid

import pytest
import websockets

import speech
from rt_client_replay import FunctionCallItem, InputAudioItem, PythonRTClient, Response, RTClient, connected
from talk import LONG

DEPLOYMENT = "gpt-4o-realtime-preview"
CLIENTS = {"rt-client": RTClient, "rtclient": PythonRTClient}
VAD = {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 400}
TOOL = {
    "type": "function",
    "name": "get_weather",
    "description": "Tells the weather in a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


def azure(server, **query):
    query = {"api-version": "2024-10-01-preview", **query, "deployment": DEPLOYMENT}
    query = urllib.parse.urlencode(query, quote_via=urllib.parse.quote)
    return f"ws://127.0.0.1:{server.port}/openai/realtime?{query}"


@pytest.fixture(params=CLIENTS)
async def client(request, server, key):
    """rt-client as in a browser, rtclient as in Python, connected."""
    if request.param == "rt-client":
        request_id = {"x-ms-client-request-id": str(uuid.uuid4())}
        url, headers = azure(server, **request_id) + f"&api-key={key}", None
    else:
        headers = {"api-key": key, "x-ms-client-request-id": str(uuid.uuid4()), "User-Agent": "ms-rtclient/0.5.3"}
        url = azure(server)
    async with connected(CLIENTS[request.param], url, headers) as client:
        yield client


async def speak(client, audio):
    for start in range(0, len(audio), 4800):
        await client.send_audio(audio[start : start + 4800])
        await asyncio.sleep(0.02)


async def turn(client):
    """An audio item and the response to it, both to their ends."""
    item = await client.next_event()
    assert isinstance(item, InputAudioItem)
    await item.wait_for_completion()
    response = await client.next_event()
    assert isinstance(response, Response)
    return item, response, await response.all()


async def test_a_browser_shows_the_key_in_the_query(server, key):
    """E.1 rows 1, 7."""
    async with connected(RTClient, azure(server) + f"&api-key={key}") as client:
        assert client.session["id"] and client.session["model"]


async def test_a_browser_shows_a_token_in_the_query(server, key):
    """E.1 row 1: `Authorization=Bearer%20…`."""
    url = azure(server, Authorization=f"Bearer {key}")
    assert f"Authorization=Bearer%20{key}" in url
    async with connected(RTClient, url):
        pass


async def test_node_shows_the_key_in_a_header(server, key):
    """E.1 row 1; A.2: with a header of its own that has no meaning, and the request id that comes back."""
    headers = {"api-key": key, "x-ms-client-request-id": "request-1", "requestId": "1"}
    async with connected(RTClient, azure(server), headers) as client:
        assert client.socket.response.headers["x-ms-client-request-id"] == "request-1"


async def test_openai_mode(server, key):
    """E.1 row 2: Node's header and the browser's subprotocols."""
    url = f"ws://127.0.0.1:{server.port}/v1/realtime?model={DEPLOYMENT}"
    async with connected(RTClient, url, {"Authorization": f"Bearer {key}", "openai-beta": "realtime=v1"}):
        pass
    subprotocols = ["realtime", f"openai-insecure-api-key.{key}", "openai-beta.realtime-v1"]
    async with connected(RTClient, url, subprotocols=subprotocols) as client:
        assert client.socket.subprotocol == "realtime"


async def test_a_refusal_is_an_http_status(server):
    """E.2 row 13: rtclient raises with status and headers."""
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with connected(PythonRTClient, azure(server), {"api-key": "nope"}):
            pass
    assert refused.value.response.status_code == 401 and json.loads(refused.value.response.body)["error"]["code"]


async def test_configure(client):
    """E.1 row 8, E.2 rows 1, 2: one reply each, in order, with all keys and only the values that it knows."""
    session = await client.configure(instructions="You answer in one short sentence.", temperature=0.7, voice="echo")
    assert (session["instructions"], session["voice"]) == ("You answer in one short sentence.", "echo")
    session = await client.configure(modalities=["text"], max_response_output_tokens=100)
    assert session["modalities"] == ["text"] and session["max_response_output_tokens"] == 100
    session = await client.configure(input_audio_transcription={"model": "whisper-1"}, turn_detection=VAD)
    assert session["turn_detection"]["silence_duration_ms"] == 400


async def test_formats_are_echoed_as_sent(server, key):
    """E.2 rows 1, 2: rtclient writes g711-ulaw, and reads nothing else."""
    async with connected(PythonRTClient, azure(server), {"api-key": key}) as client:
        session = await client.configure(input_audio_format="g711-ulaw", output_audio_format="g711-alaw")
        assert (session["input_audio_format"], session["output_audio_format"]) == ("g711-ulaw", "g711-alaw")


async def test_send_item_and_remove_item(client):
    """E.1 rows 10, 11: the client's own ids, of up to 32 characters, are kept."""
    first = await client.say("My name is Ann.")
    own = await client.send_item(
        {"id": "x" * 32, "type": "message", "role": "system", "content": [{"type": "input_text", "text": "Be kind."}]},
        previous_item_id=first["id"],
    )
    assert own["id"] == "x" * 32
    said = [{"type": "text", "text": "Hello Ann."}]
    await client.send_item({"type": "message", "role": "assistant", "content": said})
    await client.remove_item(first["id"])


async def test_a_written_answer(client):
    """E.1 rows 15, 17, 19, 21, 23; E.2 rows 4, 5, 6, 8."""
    await client.configure(modalities=["text"])
    await client.say("What is the capital of France? Answer in one word.")
    response = await client.generate_response()
    [[(sound, text)]] = await response.all()
    assert text.strip() and not sound
    assert response.status == "completed" and response.status_details is None
    assert response.output[0]["content"] == [{"type": "text", "text": text}]
    assert response.usage["output_tokens"] > 0


async def test_a_spoken_answer(client):
    """E.1 rows 15, 17, 19, 20, 23."""
    await client.say("What is the capital of France?")
    response = await client.generate_response()
    [[(sound, transcript)]] = await response.all()
    assert len(sound) > 4800 and transcript.strip()
    assert response.status == "completed" and response.output[0]["content"][0]["transcript"] == transcript


async def test_a_function_call(client):
    """E.1 rows 18, 22; E.2 rows 7, 11: arguments to output_item.done; the output is sent without status."""
    await client.configure(tools=[TOOL], tool_choice="required")
    await client.say("What is the weather in Paris?")
    response = await client.generate_response()
    *_, (call, pieces, arguments) = await response.all()
    assert isinstance(call, FunctionCallItem) and call.name == "get_weather"
    assert pieces == arguments and isinstance(json.loads(arguments)["city"], str)
    assert response.output[-1]["arguments"] == arguments
    output = {"type": "function_call_output", "call_id": call.call_id, "output": '{"weather": "sunny"}'}
    await client.send_item(output)
    await client.configure(tool_choice="none")
    response = await client.generate_response()
    [[(sound, transcript)]] = await response.all()
    assert len(sound) > 4800 and transcript.strip()


async def test_an_audio_turn_without_transcription(client):
    """E.1 rows 9, 16, 25, E.2 row 3: the item ends with speech_stopped or its creation."""
    await client.configure(turn_detection=VAD)
    await speak(client, speech.pcm16(speech.SENTENCE) + speech.silence(1000))
    item, response, [[(sound, transcript)]] = await turn(client)
    assert item.transcript is None and item.audio_start_ms >= 0
    assert response.status == "completed" and len(sound) > 4800 and transcript.strip()
    assert not [name for name in client.names if "transcription" in name]


async def test_an_audio_turn_with_transcription(client):
    """E.1 rows 9, 16, 25: the item ends with completed, under the id that speech_started announced."""
    await client.configure(turn_detection=VAD, input_audio_transcription={"model": "whisper-1"})
    await speak(client, speech.pcm16(speech.SENTENCE) + speech.silence(1000))
    item, response, _ = await turn(client)
    assert speech.SENTENCE_WORDS <= speech.words(item.transcript)
    assert item.audio_start_ms < item.audio_end_ms and response.status == "completed"


@pytest.mark.parametrize("transcription", [None, {"model": "whisper-1"}])
async def test_a_turn_by_hand(client, transcription):
    """E.1 rows 12, 14, 25; E.2 rows 3, 10: turn detection is put off with the type none, and comes back as null."""
    session = await client.configure(turn_detection={"type": "none"}, input_audio_transcription=transcription)
    assert session["turn_detection"] is None
    await client.send_audio(speech.pcm16(speech.SENTENCE))
    item = await (await client.commit_audio()).wait_for_completion()
    assert item.transcript is None if transcription is None else speech.SENTENCE_WORDS <= speech.words(item.transcript)
    response = await client.generate_response()
    [[(sound, _)]] = await response.all()
    assert len(sound) > 4800
    assert "input_audio_buffer.speech_started" not in client.names


async def test_clear(client):
    """E.1 row 13: what was cleared is not in the turn that follows."""
    await client.configure(turn_detection=None, input_audio_transcription={"model": "whisper-1"})
    await client.send_audio(speech.pcm16(speech.SENTENCE))
    await client.clear_audio()
    await client.send_audio(speech.pcm16(speech.CARDS))
    item = await (await client.commit_audio()).wait_for_completion()
    assert not speech.SENTENCE_WORDS <= speech.words(item.transcript)


async def test_cancel(client):
    """E.1 rows 23, 24: every loop that was open comes to its own end, in order; the next answer is whole."""
    await client.say(LONG)
    response = await client.generate_response()
    item = await anext(aiter(response))
    content = await anext(aiter(item))
    await anext(aiter(content))
    await response.cancel()
    assert response.status_details == {"type": "cancelled", "reason": "client_cancelled"}
    assert response.output[-1]["status"] == "incomplete"
    await content.all()
    assert await item.all() == []
    ends = [name for name in client.names if name in ("response.content_part.done", "response.output_item.done")]
    assert ends == ["response.content_part.done", "response.output_item.done"]
    await client.configure(max_response_output_tokens=40)
    await client.say("What is the capital of France?")
    again = await client.generate_response()
    await again.all()
    assert again.status in ("completed", "incomplete")


async def test_cancel_at_once(client):
    """E.1 rows 23, 24: before anything was said there is only response.done."""
    await client.say(LONG)
    response = await client.generate_response()
    await response.cancel()
    assert response.status == "cancelled"


async def test_speech_interrupts_an_answer(client):
    """E.1 rows 16, 20, 24, 25: the open loops end by themselves, and the next turn follows."""
    await client.configure(turn_detection=VAD, input_audio_transcription={"model": "whisper-1"})
    await client.say(LONG)
    first = await client.generate_response()
    item = await anext(aiter(first))
    content = await anext(aiter(item))
    await anext(aiter(content))
    speaking = asyncio.create_task(speak(client, speech.pcm16(speech.CARDS) + speech.silence(1000)))
    sound, _ = await content.all()
    assert await item.all() == [] and await first.all() == []
    assert first.status_details == {"type": "cancelled", "reason": "turn_detected"}
    await client.configure(max_response_output_tokens=40)
    started = client.names.index("input_audio_buffer.speech_started")
    assert started < client.names.index("response.content_part.done") < client.names.index("response.done")
    await client.send("conversation.item.truncate", item_id=item.id, content_index=0, audio_end_ms=len(sound) // 96)
    await client.take({"type": "conversation.item.truncated", "item_id": item.id})
    await speaking
    _, second, _ = await turn(client)
    assert second.status in ("completed", "incomplete")
