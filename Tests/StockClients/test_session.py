"""Settings (protocol.md B.7, H rows 1 to 9)."""

from dialect import IS_GA, session
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
