"""What clients should not do, and do: vanish, speak at once, say too much."""

import asyncio
import json

import speech
from dialect import KEY, LIMIT, PATHS, modality
from plain import dial, receive, talking_plainly


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
        # The limit may fall within a character: none is sent in halves.
        for limit in (1, 2, 3, 60):
            answer = await talk.ask("Repeat: 👩‍👩‍👧‍👦 🇫🇷 ¿qué? \u202e日本 \u0000 ok", **{LIMIT: limit})
            assert answer["status"] in ("completed", "incomplete") and "\ufffd" not in str(answer)


async def test_ten_thousand_words(server, way):
    """More than the model can take in: an answer all the same, or a failure that says why."""
    async with talking_plainly(server, way) as talk:
        answer = await talk.ask("The quick brown fox jumps over the lazy dog again. " * 1000, **{LIMIT: 60})
        if answer["status"] == "failed":
            assert answer["status_details"]["error"]["message"]
        again = await talk.ask("Say yes.", **modality("text"), **{LIMIT: 10})
        assert again["status"] in ("completed", "incomplete", "failed")
