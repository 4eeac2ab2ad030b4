"""Sessions that only write down what is said (protocol.md C.17, H row 40)."""

import contextlib

import speech
from dialect import IS_GA, session, stock_client
from talk import Talk

UPDATED = "session.updated" if IS_GA else "transcription_session.updated"
TRANSCRIPTION = "conversation.item.input_audio_transcription."


def settings(**values):
    """An update of such a session."""
    if not IS_GA:
        return {"type": "transcription_session.update", "session": session(**values)}
    return {"type": "session.update", "session": {**session(**values), "type": "transcription"}}


@contextlib.asynccontextmanager
async def transcribing(server, way):
    async with stock_client(way, server.port, intent="transcription") as connection:
        talk = Talk(connection, way)
        await talk.until(UPDATED.replace("updated", "created"))
        yield talk


async def test_speech_is_written_down(server, way):
    async with transcribing(server, way) as talk:
        await talk.connection.send(settings(transcription={"model": "whisper-1"}))
        await talk.until(UPDATED)
        await talk.stream(speech.chunks(speech.pcm16(speech.SENTENCE) + speech.silence(600), 4800), pause=0.05)
        completed = await talk.until(TRANSCRIPTION + "completed")
        assert speech.SENTENCE_WORDS <= speech.words(completed["transcript"])
        deltas = [event for event in talk.events if event["type"] == TRANSCRIPTION + "delta"]
        assert all(delta["item_id"] == completed["item_id"] for delta in deltas)
        # The first preview has no deltas; elsewhere they say the same as the whole.
        assert "".join(delta["delta"] for delta in deltas) == ("" if way == "azure" and not IS_GA else completed["transcript"])
        assert not any(name.startswith(("response.", "rate_limits.")) for name in talk.names())


async def test_nothing_is_answered(server, way):
    async with transcribing(server, way) as talk:
        await talk.connection.send({"type": "response.create"})
        assert "transcription session" in (await talk.error())["message"]
        await talk.connection.send(settings(turn_detection=None))
        shown = (await talk.until(UPDATED))["session"]
        assert (shown["audio"]["input"] if IS_GA else shown)["turn_detection"] is None


async def test_no_model_no_transcript(server, way):
    """Until an update names a model, audio is heard and nothing is written (C.17)."""
    async with transcribing(server, way) as talk:
        await talk.stream(speech.chunks(speech.pcm16(speech.CARDS) + speech.silence(600), 4800), pause=0.01)
        await talk.until("input_audio_buffer.committed")
        await talk.connection.send(settings())
        await talk.until(UPDATED)
        assert not any(name.startswith(TRANSCRIPTION) for name in talk.names())
