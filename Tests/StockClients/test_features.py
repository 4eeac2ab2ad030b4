"""What an application does next, through the stock client."""

import json

from dialect import IS_GA, modality
from talk import LONG, talking

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
        await talk.say(LONG)
        await talk.connection.response.create()
        await talk.until("response.output_audio.delta")
        beside = {"conversation": "none", "metadata": {"topic": "beside"}, **SHORT, **modality("text")}
        await talk.connection.response.create(response=beside)
        first = await talk.answer()
        if first["metadata"] is None:  # a small model's long answer may be a short one
            assert first["status"] == "completed"
            assert (await talk.answer())["metadata"] == beside["metadata"]
            return
        assert first["metadata"] == beside["metadata"] and first["status"] in ("completed", "incomplete")
        await talk.connection.response.cancel()
        assert (await talk.answer())["status"] == "cancelled"


async def test_one_response_at_a_time(server):
    async with talking(server, "azure") as talk:
        await talk.say(LONG)
        await talk.send("response.create", response=modality("text"))
        await talk.until("response.created")
        await talk.send("response.create", event_id="second")
        error = await talk.error()
        assert (error["code"], error["event_id"]) == ("conversation_already_has_active_response", "second")
        await talk.connection.response.cancel()
        assert (await talk.answer())["status"] == "cancelled"


async def test_an_answer_of_few_tokens(server):
    async with talking(server, "azure") as talk:
        response = await talk.ask(LONG, **modality("text"), max_output_tokens=5)
        assert response["status_details"] == {"type": "incomplete", "reason": "max_output_tokens"}
        assert response["output"][0]["status"] == "incomplete"
        assert 1 <= response["usage"]["output_tokens"] <= 5
