"""What no client should send: a clear error, and the session goes on (protocol.md B.12, H rows 27 to 29)."""

import json

import pytest

from dialect import IS_GA, LIMIT, session
from plain import talking_plainly

CREATE = {"type": "conversation.item.create"}
USER = {"type": "message", "role": "user"}
UPDATE = {"type": "session.update"}
DELETE = {"type": "conversation.item.delete"}
APPEND = {"type": "input_audio_buffer.append"}
AUDIO = "Invalid 'audio'. Expected base64-encoded audio bytes (mono PCM16 at 24kHz) but got"


def missing(path):
    return "missing_required_parameter", path, f"Missing required parameter: '{path}'."


def wrong_type(path, expected):
    return "invalid_type", path, f"Invalid type for '{path}': expected {expected}, but got "


def invalid(path, beginning):
    return "invalid_value", path, beginning


def text(**part):
    return {**CREATE, "item": {**USER, "content": [{"type": "input_text", **part}]}}


# What is sent, then code, param and the beginning of the message.
WRONG = [
    ("{", "invalid_json", None, "Invalid event: failed to parse JSON value."),
    ("", "invalid_json", None, "Invalid event: failed to parse JSON value."),
    (b"\0\1", "invalid_event", None, "Expected a text WebSocket message; binary frames are not supported."),
    ({}, *missing("type")),
    ({"type": "nope"}, *invalid("type", "Invalid value: 'nope'. Supported values are: 'session.update', ")),
    ({"type": "ping"}, *invalid("type", "Invalid value: 'ping'. Supported values are: ")),
    (CREATE, *missing("item")),
    (text(), *missing("item.content[0].text")),
    (text(text=5), *wrong_type("item.content[0].text", "a string")),
    (
        {**text(text="Hi"), "previous_item_id": "x"},
        *("item_create_invalid_previous_item_id", None),
        "Error adding item: the previous item with id 'x' does not exist.",
    ),
    (
        {**CREATE, "item": {"id": "i" * 33, **USER, "content": []}},
        *("string_above_max_length", "item.id"),
        "Invalid 'item.id': string too long. Expected a string with maximum length 32, but got a string with length 33",
    ),
    (DELETE, *missing("item_id")),
    ({**DELETE, "item_id": 7}, *wrong_type("item_id", "a string")),
    (
        {**DELETE, "item_id": "x"},
        *("item_delete_invalid_item_id", None, "Error deleting item: the item with id 'x' does not exist."),
    ),
    (UPDATE, *missing("session")),
    ({**UPDATE, "session": "x"}, *wrong_type("session", "an object")),
    (
        {**UPDATE, "session": session(**{LIMIT: 0})},
        *("integer_below_min_value", f"session.{LIMIT}", f"Invalid 'session.{LIMIT}': integer below minimum value."),
    ),
    ({"type": "response.cancel"}, "response_cancel_not_active", None, "Cancellation failed: no active response found"),
    (APPEND, *missing("audio")),
    ({**APPEND, "audio": "a%b="}, *invalid("audio", f"{AUDIO} an invalid value.")),
    ({**APPEND, "audio": ""}, *invalid("audio", f"{AUDIO} empty bytes.")),
    ({**APPEND, "audio": 1}, *wrong_type("audio", "a string")),
]
if IS_GA:
    WRONG += [
        ({**UPDATE, "session": {}}, *missing("session.type")),
        (
            {**UPDATE, "session": session(bogus=1)},
            *("unknown_parameter", "session.bogus", "Unknown parameter: 'session.bogus'."),
        ),
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
