"""The checks themselves: what is broken does not pass them."""

import copy

import pytest

import order
import validator
from dialect import modality
from plain import talking_plainly

STARTED = {
    "type": "input_audio_buffer.speech_started",
    "event_id": "event_1",
    "audio_start_ms": 12,
    "item_id": "item_1",
}


def test_a_sound_event_is_valid():
    validator.check(STARTED)


@pytest.mark.parametrize("change", [{"audio_start_ms": 12.5}, {"audio_start_ms": "12"}, {"item_id": None}])
def test_a_wrong_type_is_refused(change):
    with pytest.raises(AssertionError):
        validator.check({**STARTED, **change})


@pytest.mark.parametrize("name", STARTED)
def test_a_missing_field_is_refused(name):
    with pytest.raises(AssertionError):
        validator.check({key: value for key, value in STARTED.items() if key != name})


def test_an_unknown_event_is_refused():
    with pytest.raises(AssertionError):
        validator.check({**STARTED, "type": "input_audio_buffer.speech_began"})
    with pytest.raises(AssertionError):
        conversation = {"id": "conv_1", "object": "realtime.conversation"}
        validator.check({"type": "conversation.created", "event_id": "event_1", "conversation": conversation})


def test_an_extra_field_is_refused():
    with pytest.raises(AssertionError, match="loudness"):
        validator.check({**STARTED, "loudness": 3})
    content = [{"type": "input_text", "text": "Hi", "tone": "warm"}]
    item = {"id": "item_1", "type": "message", "role": "user", "status": "completed", "content": content}
    deleted = {"type": "conversation.item.retrieved", "event_id": "event_1", "item": item}
    with pytest.raises(AssertionError, match="item.content.tone"):
        validator.check(deleted)


async def test_every_message_counts(server):
    """Leaves out each message of a session in turn, and sends each twice: the order is never good."""
    async with talking_plainly(server, "azure") as talk:
        await talk.ask("Say yes.", max_output_tokens=30)
        await talk.ask("Say yes.", **modality("text"), max_output_tokens=10)
    order.check(talk.events, "azure")
    # A session.updated is not owed to anything, and sound is only counted roughly.
    loose = ("session.updated", "response.output_audio.delta", "response.audio.delta")
    for number, event in enumerate(talk.events):
        if event["type"] in loose:
            continue
        again = {**copy.deepcopy(event), "event_id": "event_again"}
        without = talk.events[:number] + talk.events[number + 1 :]
        for changed in (without, [*talk.events[:number], event, again, *talk.events[number + 1 :]]):
            with pytest.raises((AssertionError, KeyError, ValueError)):
                order.check(changed, "azure")
