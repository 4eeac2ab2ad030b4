"""The conversation's items: kept, found, shortened, deleted (protocol.md C.14, H rows 20 to 23)."""

import base64

import pytest

from dialect import AUDIO, modality
from talk import talking

SHORT = {"max_output_tokens": 40}


@pytest.mark.parametrize("name", ["item_of_mine", "i" * 32])
async def test_items_are_kept_and_changed(server, name):
    async with talking(server, "azure") as talk:
        items = talk.connection.conversation.item
        message = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Say hello."}]}
        await items.create(item={"id": name, **message})
        await talk.connection.response.create(response=SHORT)
        answer = (await talk.answer())["output"][0]
        await items.create(item={"id": "first", **message}, previous_item_id="root")
        await items.retrieve(item_id=name)
        retrieved = (await talk.until("conversation.item.retrieved"))["item"]
        assert (retrieved["id"], retrieved["content"]) == (name, message["content"])
        await items.retrieve(item_id=answer["id"])
        sound = (await talk.until("conversation.item.retrieved"))["item"]["content"][0]
        assert sound["type"] == AUDIO and len(base64.b64decode(sound["audio"])) > 4800
        await items.truncate(item_id=answer["id"], content_index=0, audio_end_ms=100)
        await talk.until("conversation.item.truncated")
        await items.retrieve(item_id=answer["id"])
        sound = (await talk.until("conversation.item.retrieved"))["item"]["content"][0]
        assert len(base64.b64decode(sound["audio"])) == 4800
        for item_id in (name, answer["id"]):
            await items.delete(item_id=item_id)
            assert (await talk.until("conversation.item.deleted"))["item_id"] == item_id
        await items.retrieve(item_id=name)
        assert (await talk.error())["code"] == "item_retrieve_invalid_item_id"


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
