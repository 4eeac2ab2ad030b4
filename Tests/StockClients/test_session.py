"""Settings, and changes to what was said (protocol.md B.7, H rows 1 to 9 and 23)."""

import pytest

from dialect import IS_GA, modality, session
from talk import talking

MODALITIES = "output_modalities" if IS_GA else "modalities"
BOTH = (["text"], ["audio"] if IS_GA else ["audio", "text"])
WRONG = [["audio", "text"] if IS_GA else ["audio"], [], ["video"]]


def turn_detection(settings):
    return settings["audio"]["input"]["turn_detection"] if IS_GA else settings["turn_detection"]


async def test_an_update_of_nothing(server, way):
    async with talking(server, way) as talk:
        created = talk.events[0]["session"]
        assert await talk.update() == created
        vad = {"threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 200}
        assert vad.items() <= turn_detection(created).items()


async def test_no_turn_detection(server, way):
    async with talking(server, way) as talk:
        assert turn_detection(await talk.update(turn_detection=None)) is None
        vad = turn_detection(await talk.update(turn_detection={"type": "server_vad"}))
        assert vad == turn_detection(talk.events[0]["session"])
        if not IS_GA:
            assert turn_detection(await talk.update(turn_detection={"type": "none"})) is None


async def test_modalities(server, way):
    async with talking(server, way) as talk:
        for right in BOTH:
            assert set((await talk.update(**{MODALITIES: right}))[MODALITIES]) == set(right)
        for wrong in WRONG:
            await talk.send("session.update", session=session(instructions="Not kept.", **{MODALITIES: wrong}))
            error = await talk.error()
            assert error["code"] == "invalid_value" and error["param"].startswith(f"session.{MODALITIES}")
        settings = await talk.update()
        assert set(settings[MODALITIES]) == set(BOTH[1]) and settings["instructions"] != "Not kept."


@pytest.mark.parametrize("kind", ["text", "audio"])
async def test_truncation(server, kind):
    """0 ms is fine, a little too far is forgiven, further is an error; what is only written has no length."""
    async with talking(server, "azure") as talk:
        response = await talk.ask("Say yes.", **modality(kind), max_output_tokens=30)
        [item] = response["output"]
        truncate = {"item_id": item["id"], "content_index": 0}
        await talk.send("conversation.item.truncate", **truncate, audio_end_ms=1_000_000)
        error = await talk.error()
        if kind == "text":
            assert error["message"] == "Only model output audio messages can be truncated"
            return
        assert error["code"] == "invalid_value" and error["message"].endswith("ms is already shorter than 1000000ms")
        length = int(error["message"].split("ms")[0].split()[-1])
        for end in (length + 400, 0):
            await talk.send("conversation.item.truncate", **truncate, audio_end_ms=end)
            assert (await talk.until("conversation.item.truncated"))["audio_end_ms"] == end
