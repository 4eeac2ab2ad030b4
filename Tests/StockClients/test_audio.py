"""Speech by hand, in G.711, in halves, too little and very much of it (protocol.md C.7, H rows 12, 13, 33, 34)."""

import base64

import pytest

import speech
from dialect import AUDIO, MU_LAW
from plain import talking_plainly
from talk import talking


async def test_a_turn_by_hand(server):
    async with talking(server, "azure") as talk:
        await talk.update(transcription={"model": "whisper-1"}, turn_detection=None)
        await talk.stream(speech.chunks(speech.pcm16(speech.SENTENCE), 48000), pause=0)
        await talk.connection.input_audio_buffer.commit()
        await talk.until("input_audio_buffer.committed")
        assert speech.SENTENCE_WORDS <= speech.words(await talk.heard())
        assert "response.created" not in talk.names()
        await talk.connection.response.create(response={"max_output_tokens": 40})
        assert (await talk.answer())["status"] in ("completed", "incomplete")
        await talk.connection.input_audio_buffer.append(audio=base64.b64encode(speech.silence(500)).decode())
        await talk.connection.input_audio_buffer.clear()
        await talk.until("input_audio_buffer.cleared")


async def test_g711_both_ways(server):
    async with talking(server, "azure") as talk:
        settings = {"input_format": MU_LAW, "output_format": MU_LAW, "transcription": {"model": "whisper-1"}}
        await talk.update(**settings, turn_detection={"type": "server_vad", "silence_duration_ms": 400})
        audio = speech.g711_ulaw(speech.SENTENCE) + b"\xff" * 8 * 1000
        await talk.stream(speech.chunks(audio, 160), pause=0)
        response = await talk.answer()
        assert speech.SENTENCE_WORDS <= speech.words(await talk.heard())
        stopped = next(event for event in talk.events if event["type"] == "input_audio_buffer.speech_stopped")
        assert 2000 <= stopped["audio_end_ms"] <= len(audio) / 8
        assert response["output"][0]["content"][0]["type"] == AUDIO  # its length is checked with the order


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


async def test_turn_detection_ends_amid_speech(server, way):
    """What was announced is what is committed then (protocol.md C, ids that tie events; D)."""
    async with talking_plainly(server, way) as talk:
        await talk.stream(speech.chunks(speech.pcm16(speech.SENTENCE)[:96000], 4800), pause=0)
        started = await talk.until("input_audio_buffer.speech_started")
        await talk.update(turn_detection=None)
        await talk.send("input_audio_buffer.commit")
        assert (await talk.until("input_audio_buffer.committed"))["item_id"] == started["item_id"]
