"""What an application does next, through the stock client."""

import base64
import json

import pytest

import speech
from dialect import AUDIO, IS_GA, MU_LAW, modality
from talk import talking

TOOL = {
    "type": "function",
    "name": "get_weather",
    "description": "Tells the weather in a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
SHORT = {"max_output_tokens": 40}


async def test_a_function_is_called_and_its_result_told(server):
    async with talking(server, "azure") as talk:
        session = await talk.update(tools=[TOOL], tool_choice="required")
        assert session["tools"] == [TOOL] and session["tool_choice"] == "required"
        response = await talk.ask("What is the weather in Paris?")
        assert response["status"] == "completed"
        call = response["output"][-1]
        assert (call["type"], call["name"]) == ("function_call", "get_weather")
        assert isinstance(json.loads(call["arguments"])["city"], str)
        item = {"type": "function_call_output", "call_id": call["call_id"], "output": '{"weather": "sunny"}'}
        await talk.connection.conversation.item.create(item=item)
        await talk.connection.response.create(response={"tool_choice": "none", **SHORT})
        response = await talk.answer()
        assert response["status"] in ("completed", "incomplete")
        assert [item["type"] for item in response["output"]] == ["message"]


async def test_a_response_beside_the_conversation(server):
    async with talking(server, "azure") as talk:
        await talk.say("I like trains.")
        text = [{"type": "input_text", "text": "Name a colour."}]
        message = {"type": "message", "role": "user", "content": text}
        asked = {"conversation": "none", "metadata": {"topic": "colours", "n": "1"}, "input": [message], **SHORT}
        await talk.connection.response.create(response={**asked, **modality("text")})
        response = await talk.answer()
        assert response["conversation_id"] is None and response["metadata"] == asked["metadata"]
        # The conversation has only what was said in it: the next item comes after that.
        await talk.say("And ships.")
        added = [event for event in talk.events if event.get("item", {}).get("role") == "user"]
        while len(added) < (4 if IS_GA else 2):
            added.append(await talk.next())
        assert added[-1]["previous_item_id"] == added[0]["item"]["id"]


async def test_two_responses_beside_each_other(server):
    async with talking(server, "azure") as talk:
        await talk.say("Tell me a long story about a dog and a king.")
        await talk.connection.response.create()
        await talk.until("response.output_audio.delta")
        beside = {"conversation": "none", "metadata": {"topic": "beside"}, **SHORT, **modality("text")}
        await talk.connection.response.create(response=beside)
        response = await talk.answer()
        assert response["metadata"] == beside["metadata"] and response["status"] in ("completed", "incomplete")
        await talk.connection.response.cancel()
        assert (await talk.answer())["status"] == "cancelled"


async def test_one_response_at_a_time(server):
    async with talking(server, "azure") as talk:
        await talk.say("Tell me a long story.")
        await talk.send("response.create", response=modality("text"))
        await talk.until("response.created")
        await talk.send("response.create", event_id="second")
        error = await talk.error()
        assert (error["code"], error["event_id"]) == ("conversation_already_has_active_response", "second")
        await talk.connection.response.cancel()
        assert (await talk.answer())["status"] == "cancelled"


async def test_a_turn_by_hand(server):
    async with talking(server, "azure") as talk:
        await talk.update(transcription={"model": "whisper-1"}, turn_detection=None)
        await talk.stream(speech.chunks(speech.pcm16(speech.SENTENCE), 48000), pause=0)
        await talk.connection.input_audio_buffer.commit()
        await talk.until("input_audio_buffer.committed")
        assert speech.SENTENCE_WORDS <= speech.words(await talk.heard())
        assert "response.created" not in talk.names()
        await talk.connection.response.create(response=SHORT)
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


async def test_an_answer_of_few_tokens(server):
    async with talking(server, "azure") as talk:
        response = await talk.ask("Tell me a long story.", **modality("text"), max_output_tokens=5)
        assert response["status_details"] == {"type": "incomplete", "reason": "max_output_tokens"}
        assert response["output"][0]["status"] == "incomplete"
        assert 1 <= response["usage"]["output_tokens"] <= 5


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
