"""Client secrets through the clients' own methods: a key for a while, with the settings of its session (protocol.md A.6)."""

import openai
import pytest

from dialect import IS_GA, KEY, MODEL, stock_client
from talk import Talk, talking


def rest(server, path="v1"):
    return openai.AsyncOpenAI(api_key=KEY, base_url=f"http://127.0.0.1:{server.port}/{path}", max_retries=0)


async def make(server, path, **settings):
    """A secret's value for a session with these settings."""
    if IS_GA:
        made = await rest(server, path).realtime.client_secrets.create(
            session={"type": "realtime", "model": MODEL, **settings}, expires_after={"anchor": "created_at", "seconds": 60})
        assert made.session.type == "realtime" and made.session.instructions == settings["instructions"]
        return made.value
    made = await rest(server).beta.realtime.sessions.create(model=MODEL, **settings)
    assert made.instructions == settings["instructions"]
    return made.client_secret.value


@pytest.mark.parametrize("path", ["v1", "openai/v1"] if IS_GA else ["v1"])
async def test_a_secret_opens_its_session(server, way, path):
    value = await make(server, path, instructions="Answer in one word.")
    assert value.startswith("ek_")
    async with stock_client(way, server.port, key=value) as connection:
        talk = Talk(connection, way)
        created = await talk.until("session.created")
        assert created["session"]["instructions"] == "Answer in one word."


async def test_what_is_wrong_is_said(server):
    with pytest.raises(openai.BadRequestError) as refused:
        await make(server, "v1", instructions="Hello.", tool_choice="sometimes")
    assert refused.value.body["param"] == "session.tool_choice" and refused.value.body["code"] == "invalid_value"


if not IS_GA:

    async def test_a_transcription_session(server):
        made = await rest(server).beta.realtime.transcription_sessions.create(
            input_audio_transcription={"model": "whisper-1"})
        assert made.input_audio_transcription.model == "whisper-1" and made.client_secret.value.startswith("ek_")


async def test_the_key_itself_still_works(server, way):
    async with talking(server, way):
        pass
