"""A service that calls a function, or fails: what the scripted server does not do. It prints its port."""

import asyncio
import json

import websockets

CALL = {"id": "item_1", "object": "realtime.item", "type": "function_call", "status": "completed", "call_id": "call_1",
        "name": "get-weather", "arguments": '{"city": "Rome"}'}


def response(status, output=(), error=None):
    return {"object": "realtime.response", "id": "resp_1", "status": status, "output": list(output), "conversation_id": "conv_1",
            "output_modalities": ["audio"], "modalities": ["audio", "text"], "max_output_tokens": "inf",
            "status_details": error and {"type": "failed", "error": error}, "usage": None, "metadata": None}


async def serve(socket):
    path = socket.request.path
    words = "response.audio_transcript.delta" if "api-version" in path else "response.output_audio_transcript.delta"
    answered, count = False, 0

    async def send(type, **fields):
        nonlocal count
        count += 1
        await socket.send(json.dumps({"type": type, "event_id": f"event_{count}", **fields}))

    await send("session.created", session={"type": "realtime", "id": "sess_1", "object": "realtime.session", "model": "m"})
    async for message in socket:
        event = json.loads(message)
        item = event.get("item", {})
        if item.get("type") == "function_call_output":
            answered = item["call_id"] == "call_1" and json.loads(item["output"]) == {"ok": True}
        if event["type"] != "response.create":
            continue
        if "failing" in path:
            failure = {"type": "server_error", "code": "out_of_tea", "message": "There is no tea."}
            await send("response.done", response=response("failed", error=failure))
        elif not answered:
            await send("response.done", response=response("completed", [CALL]))
        elif event.get("response") != {"tool_choice": "auto"}:
            await send("error", error={"type": "invalid_request_error", "code": None, "message": "It would call for ever."})
        else:
            await send(words, response_id="resp_1", item_id="item_2", output_index=0, content_index=0, delta="It is sunny.")
            await send("response.done", response=response("completed"))


async def main():
    async with websockets.serve(serve, "127.0.0.1", 0) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


asyncio.run(main())
