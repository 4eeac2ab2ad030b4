"""What no client should send: a clear error, and the session goes on (protocol.md B.12, H rows 27 to 29)."""

import json

import pytest

from dialect import IS_GA, LIMIT, session
from plain import talking_plainly

CREATE = {"type": "conversation.item.create"}
USER = {"type": "message", "role": "user"}
UPDATE = {"type": "session.update"}
DELETE = {"type": "conversation.item.delete"}
AUDIO = "Invalid 'audio'. Expected base64-encoded audio bytes (mono PCM16 at 24kHz) but got "


def text(**part):
    return {**CREATE, "item": {**USER, "content": [{"type": "input_text", **part}]}}


# What is sent, then code, param and the beginning of the message.
WRONG = [
    ("{", "invalid_json", None, "Invalid event: failed to parse JSON value."),
    ("", "invalid_json", None, "Invalid event: failed to parse JSON value."),
    (b"\0\1", "invalid_event", None, "Expected a text WebSocket message; binary frames are not supported."),
    ({}, "missing_required_parameter", "type", "Missing required parameter: 'type'."),
    ({"type": "nope"}, "invalid_value", "type", "Invalid value: 'nope'. Supported values are: 'session.update', "),
    ({"type": "ping"}, "invalid_value", "type", "Invalid value: 'ping'."),
    (DELETE, "missing_required_parameter", "item_id", "Missing required parameter: 'item_id'."),
    ({**DELETE, "item_id": 7}, "invalid_type", "item_id", "Invalid type for 'item_id': expected a string, but got an "),
    ({**DELETE, "item_id": "x"}, "item_delete_invalid_item_id", None, "Error deleting item: the item with id 'x' does"),
    (text(), "missing_required_parameter", "item.content[0].text", "Missing required parameter: 'item.content[0].text"),
    (text(text=5), "invalid_type", "item.content[0].text", "Invalid type for 'item.content[0].text': expected a str"),
    (CREATE, "missing_required_parameter", "item", "Missing required parameter: 'item'."),
    (
        {**text(text="Hi"), "previous_item_id": "x"},
        *("item_create_invalid_previous_item_id", None, "Error adding item: the previous item with id 'x' does not"),
    ),
    ({**CREATE, "item": {"id": "i" * 33, **USER, "content": []}}, "string_above_max_length", "item.id", "Invalid 'item."),
    (UPDATE, "missing_required_parameter", "session", "Missing required parameter: 'session'."),
    ({**UPDATE, "session": "x"}, "invalid_type", "session", "Invalid type for 'session': expected an object, but got a"),
    ({**UPDATE, "session": session(**{LIMIT: 0})}, "integer_below_min_value", f"session.{LIMIT}", "Invalid 'session."),
    ({"type": "response.cancel"}, "response_cancel_not_active", None, "Cancellation failed: no active response found"),
    ({"type": "input_audio_buffer.append"}, "missing_required_parameter", "audio", "Missing required parameter: 'audio"),
    ({"type": "input_audio_buffer.append", "audio": "a%b="}, "invalid_value", "audio", AUDIO + "an invalid value."),
    ({"type": "input_audio_buffer.append", "audio": ""}, "invalid_value", "audio", AUDIO + "empty bytes."),
    ({"type": "input_audio_buffer.append", "audio": 1}, "invalid_type", "audio", "Invalid type for 'audio'"),
]
if IS_GA:
    WRONG += [
        ({**UPDATE, "session": {}}, "missing_required_parameter", "session.type", "Missing required parameter: 'session."),
        ({**UPDATE, "session": session(bogus=1)}, "unknown_parameter", "session.bogus", "Unknown parameter: 'session.bo"),
    ]


@pytest.mark.parametrize("message, code, param, beginning", WRONG, ids=[str(wrong[0]) for wrong in WRONG])
async def test_a_wrong_message(server, way, message, code, param, beginning):
    async with talking_plainly(server, way) as talk:
        named = isinstance(message, dict)
        data = json.dumps({"event_id": "mine", **message}) if named else message
        await talk.connection.socket.send(data)
        error = await talk.error()
        assert (error["type"], error["code"], error["param"]) == ("invalid_request_error", code, param)
        assert error["message"].startswith(beginning)
        assert error["event_id"] == ("mine" if named else None)
