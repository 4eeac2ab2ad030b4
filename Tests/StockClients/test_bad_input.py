"""What no client should send: a clear error, and the session goes on (protocol.md B.12, H rows 13 to 29)."""

import asyncio
import json

import pytest

import speech
from dialect import IS_GA, KEY, PATHS, modality, session
from plain import dial, receive, talking_plainly

CREATE = {"type": "conversation.item.create"}
USER = {"type": "message", "role": "user"}
UPDATE = {"type": "session.update"}
DELETE = {"type": "conversation.item.delete"}
LIMIT = "max_output_tokens" if IS_GA else "max_response_output_tokens"
AUDIO = "Invalid 'audio'. Expected base64-encoded audio bytes (mono PCM16 at 24kHz) but got "


def text(**part):
    return {**CREATE, "item": {**USER, "content": [{"type": "input_text", **part}]}}


# What is sent, then code, param and the beginning of the message.
WRONG = [
    ("{", "invalid_json", None, "Invalid event: failed to parse JSON value."),
    ("", "invalid_json", None, "Invalid event: failed to parse JSON value."),
    (b"\0\1", "invalid_event", None, "Expected a text WebSocket message; binary frames are not supported."),
    ({}, "missing_required_parameter", "type", "Missing required parameter: 'type'."),
    ({"type": "nope"}, "invalid_value", "type", "Invalid value: 'nope'. Supported values are: 'session.update', "),
    ({"type": "ping"}, "invalid_value", "type", "Invalid value: 'ping'."),
    (DELETE, "missing_required_parameter", "item_id", "Missing required parameter: 'item_id'."),
    ({**DELETE, "item_id": 7}, "invalid_type", "item_id", "Invalid type for 'item_id': expected a string, but got an "),
    ({**DELETE, "item_id": "x"}, "item_delete_invalid_item_id", None, "Error deleting item: the item with id 'x' does"),
    (text(), "missing_required_parameter", "item.content[0].text", "Missing required parameter: 'item.content[0].text"),
    (text(text=5), "invalid_type", "item.content[0].text", "Invalid type for 'item.content[0].text': expected a str"),
    (CREATE, "missing_required_parameter", "item", "Missing required parameter: 'item'."),
    (
        {**text(text="Hi"), "previous_item_id": "x"},
        *("item_create_invalid_previous_item_id", None, "Error adding item: the previous item with id 'x' does not"),
    ),
    ({**CREATE, "item": {"id": "i" * 33, **USER, "content": []}}, "string_above_max_length", "item.id", "Invalid 'item."),
    (UPDATE, "missing_required_parameter", "session", "Missing required parameter: 'session'."),
    ({**UPDATE, "session": "x"}, "invalid_type", "session", "Invalid type for 'session': expected an object, but got a"),
    ({**UPDATE, "session": session(**{LIMIT: 0})}, "integer_below_min_value", f"session.{LIMIT}", "Invalid 'session."),
    ({"type": "response.cancel"}, "response_cancel_not_active", None, "Cancellation failed: no active response found"),
    ({"type": "input_audio_buffer.append"}, "missing_required_parameter", "audio", "Missing required parameter: 'audio"),
    ({"type": "input_audio_buffer.append", "audio": "a%b="}, "invalid_value", "audio", AUDIO + "an invalid value."),
    ({"type": "input_audio_buffer.append", "audio": ""}, "invalid_value", "audio", AUDIO + "empty bytes."),
    ({"type": "input_audio_buffer.append", "audio": 1}, "invalid_type", "audio", "Invalid type for 'audio'"),
]
if IS_GA:
    WRONG += [
        ({**UPDATE, "session": {}}, "missing_required_parameter", "session.type", "Missing required parameter: 'session."),
        ({**UPDATE, "session": session(bogus=1)}, "unknown_parameter", "session.bogus", "Unknown parameter: 'session.bo"),
    ]


@pytest.mark.parametrize("message, code, param, beginning", WRONG, ids=[str(wrong[0]) for wrong in WRONG])
async def test_a_wrong_message(server, way, message, code, param, beginning):
    async with talking_plainly(server, way) as talk:
        named = isinstance(message, dict)
        data = json.dumps({"event_id": "mine", **message}) if named else message
        await talk.connection.socket.send(data)
        error = await talk.error()
        assert (error["type"], error["code"], error["param"]) == ("invalid_request_error", code, param)
        assert error["message"].startswith(beginning)
        assert error["event_id"] == ("mine" if named else None)


@pytest.mark.parametrize("milliseconds", [0, 99, 100])
async def test_a_commit_of_too_little(server, way, milliseconds):
    async with talking_plainly(server, way) as talk:
        await talk.update(turn_detection=None)
        await talk.stream(speech.chunks(speech.silence(milliseconds), 4800), pause=0)
        await talk.send("input_audio_buffer.commit")
        if milliseconds == 100:
            await talk.until("input_audio_buffer.committed")
            return
        error = await talk.error()
        assert (error["code"], error["param"]) == ("input_audio_buffer_commit_empty", None)
        ending = f"Expected at least 100ms of audio, but buffer only has {milliseconds}.00ms of audio."
        assert error["message"] == f"Error committing input audio buffer: buffer too small. {ending}"


async def test_half_samples_are_put_together(server, way):
    async with talking_plainly(server, way) as talk:
        await talk.update(transcription={"model": "whisper-1"}, turn_detection=None)
        await talk.stream(speech.chunks(speech.pcm16(speech.SENTENCE), 4801), pause=0)
        await talk.send("input_audio_buffer.commit")
        assert speech.SENTENCE_WORDS <= speech.words(await talk.heard())


async def test_fifteen_mebibytes_at_once(server, way):
    async with talking_plainly(server, way) as talk:
        await talk.update(turn_detection=None)
        [chunk] = speech.chunks(bytes(15 * 1024 * 1024), 15 * 1024 * 1024)
        await talk.send("input_audio_buffer.append", audio=chunk)
        await talk.send("input_audio_buffer.commit")
        await talk.until("input_audio_buffer.committed")


async def test_clients_that_vanish(server, way):
    for _ in range(3):
        async with dial(server, PATHS[way], {"api-key": KEY}) as socket:
            for chunk in speech.chunks(speech.pcm16(speech.SENTENCE)[:72000], 4800):
                await socket.send(json.dumps({"type": "input_audio_buffer.append", "audio": chunk}))
            while (await receive(socket))["type"] != "input_audio_buffer.speech_started":
                pass
            await socket.send(json.dumps({"type": "response.create"}))
            socket.transport.abort()
    async with talking_plainly(server, way) as talk:
        answer = await talk.ask("Say yes.", **modality("text"), max_output_tokens=10)
        assert answer["status"] in ("completed", "incomplete")


async def test_two_at_once_are_not_mixed(server, way):
    """Each is heard and answered in its own session, while the other speaks."""

    async def speaks(path, words):
        async with talking_plainly(server, way) as talk:
            await talk.update(transcription={"model": "whisper-1"}, **{LIMIT: 40})
            await talk.stream(speech.chunks(speech.pcm16(path) + speech.silence(600), 4800), pause=0.05)
            assert (await talk.answer())["status"] in ("completed", "incomplete")
            assert words <= speech.words(await talk.heard())
            return {event["response_id"] for event in talk.events if "response_id" in event}

    first, second = await asyncio.gather(
        speaks(speech.SENTENCE, speech.SENTENCE_WORDS), speaks(speech.CARDS, {"clubs"})
    )
    assert first and second and not first & second


async def test_emoji_are_no_trouble(server, way):
    async with talking_plainly(server, way) as talk:
        answer = await talk.ask("Repeat: 👩‍👩‍👧‍👦 🇫🇷 ¿qué? \u202e日本 \u0000 ok", **{LIMIT: 60})
        assert answer["status"] in ("completed", "incomplete")


async def test_ten_thousand_words(server, way):
    """More than the model can take in: an answer all the same, or a failure that says why."""
    async with talking_plainly(server, way) as talk:
        answer = await talk.ask("The quick brown fox jumps over the lazy dog again. " * 1000, **{LIMIT: 60})
        if answer["status"] == "failed":
            assert answer["status_details"]["error"]["message"]
        again = await talk.ask("Say yes.", **modality("text"), **{LIMIT: 10})
        assert again["status"] in ("completed", "incomplete", "failed")
