"""What everybody does first, through the stock client: once as OpenAI's users, once as Azure's."""

import asyncio

import speech
from dialect import IS_GA, ITEM_ADDED, LIMIT, modality
from talk import LONG, talking

DELTA = "response.output_audio.delta"
ITEM = [ITEM_ADDED] + ["conversation.item.done"] * IS_GA


def spoken(response):
    return "".join(part["transcript"] for item in response["output"] for part in item["content"])


def brief(names):
    """Event names with repeated ones once."""
    return [name for index, name in enumerate(names) if names[index - 1 : index] != [name]]


async def test_a_new_conversation_is_greeted(server, way):
    async with talking(server, way) as talk:
        await talk.connection.response.create()
        response = await talk.answer()
        assert response["status"] == "completed" and spoken(response).strip()
        assert talk.names().count(DELTA) > 1


async def test_a_question_in_writing(server, way):
    async with talking(server, way) as talk:
        content = [{"type": "input_text", "text": "What is the capital of France? Answer in one word."}]
        await talk.connection.conversation.item.create(item={"type": "message", "role": "user", "content": content})
        await talk.connection.response.create(response=modality("text"))
        response = await talk.answer()
        assert response["status"] == "completed" and response["output"][0]["content"][0]["text"].strip()
        assert brief(talk.names())[1:] == [
            *ITEM,
            "response.created",
            "response.output_item.added",
            ITEM_ADDED,
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            *ITEM[1:],
            "response.output_item.done",
            "response.done",
            "rate_limits.updated",
        ]


async def test_a_spoken_question(server, way):
    async with talking(server, way) as talk:
        vad = {"type": "server_vad", "silence_duration_ms": 400}
        await talk.update(transcription={"model": "whisper-1"}, turn_detection=vad)
        audio = speech.pcm16(speech.SENTENCE) + speech.silence(1000)
        streaming = asyncio.create_task(talk.stream(speech.chunks(audio, 4800)))
        response = await talk.answer()
        assert speech.SENTENCE_WORDS <= speech.words(await talk.heard())
        await streaming
        assert response["status"] == "completed" and spoken(response).strip()
        started, stopped = (
            next(event for event in talk.events if event["type"] == f"input_audio_buffer.speech_{name}")
            for name in ("started", "stopped")
        )
        assert 2000 <= stopped["audio_end_ms"] - started["audio_start_ms"] <= len(audio) / 48
        heard = [name for name in talk.names() if name.startswith("input_audio_buffer.") or name in ITEM]
        begin = [f"input_audio_buffer.{name}" for name in ("speech_started", "speech_stopped", "committed")] + ITEM
        assert heard[: len(begin)] == begin


async def test_speech_interrupts_an_answer(server, way):
    async with talking(server, way) as talk:
        await talk.update(**{LIMIT: 120})
        await talk.say(LONG)
        await talk.connection.response.create(response={LIMIT: "inf"})
        delta = await talk.until(DELTA)
        audio = speech.pcm16(speech.CARDS) + speech.silence(800)
        streaming = asyncio.create_task(talk.stream(speech.chunks(audio, 4800), pause=0.02))
        await talk.until("input_audio_buffer.speech_started")
        assert "response.done" not in talk.names()
        response = await talk.answer()
        assert response["status_details"] == {"type": "cancelled", "reason": "turn_detected"}
        assert response["output"][-1]["status"] == "incomplete"
        await talk.connection.conversation.item.truncate(item_id=delta["item_id"], content_index=0, audio_end_ms=50)
        assert (await talk.until("conversation.item.truncated"))["audio_end_ms"] == 50
        assert (await talk.answer())["status"] in ("completed", "incomplete")
        await streaming


async def test_an_answer_is_cancelled(server, way):
    async with talking(server, way) as talk:
        await talk.say(LONG)
        await talk.connection.response.create()
        await talk.until(DELTA)
        await talk.connection.response.cancel()
        response = await talk.answer()
        assert response["status_details"] == {"type": "cancelled", "reason": "client_cancelled"}
        assert response["output"][-1]["status"] == "incomplete"
        again = await talk.ask("Say yes.", **modality("text"), max_output_tokens=20)
        assert again["status"] in ("completed", "incomplete")


async def test_a_turn_that_ends_by_its_sound(server, way):
    """Semantic turn detection, and noise reduction on the way in (protocol.md B.6, D)."""
    async with talking(server, way) as talk:
        settings = await talk.update(
            transcription={"model": "whisper-1"},
            turn_detection={"type": "semantic_vad", "eagerness": "high"},
            noise_reduction={"type": "near_field"},
        )
        heard = settings["audio"]["input"] if IS_GA else settings
        detection = {"type": "semantic_vad", "eagerness": "high", "create_response": True, "interrupt_response": True}
        assert heard["turn_detection"] == detection
        audio = speech.pcm16(speech.SENTENCE) + speech.silence(3000)
        streaming = asyncio.create_task(talk.stream(speech.chunks(audio, 4800), pause=0.05))
        assert (await talk.answer())["status"] == "completed"
        assert speech.SENTENCE_WORDS <= speech.words(await talk.heard())
        await streaming
