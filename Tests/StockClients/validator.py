"""Whether a message is what the client's own models take: strictly, and with nothing beside it."""

from pydantic import BaseModel, TypeAdapter, ValidationError

from dialect import IS_GA

if IS_GA:
    from openai.types.realtime import RealtimeServerEvent
else:
    from openai.types.beta.realtime import RealtimeServerEvent

ADAPTER = TypeAdapter(RealtimeServerEvent)

# Fields that the reference lists and this client's models lack, by event, with protocol.md's section.
SESSION = {"session.object", "session.expires_at"} | (
    {"session.id"}  # B.5
    if IS_GA
    else {"session.prompt", "session.include", "session.client_secret"}  # B.4
)
ALLOWED = {"session.created": SESSION, "session.updated": SESSION}
if not IS_GA:
    ALLOWED["response.function_call_arguments.done"] = {"name"}  # B.3
    ALLOWED["response.done"] = {
        "response.usage.input_token_details.cached_tokens_details",  # B.9
        "response.status_details.error.message",  # B.9
    }
# B.3: in the models, but never sent.
NEVER = {"conversation.created"} | ({"conversation.item.created"} if IS_GA else set())


def unknown_fields(value, path=""):
    """Paths of what a validated model holds without knowing it."""
    if isinstance(value, BaseModel):
        for name in value.model_extra or {}:
            yield path + name
        for name in value.model_fields_set & type(value).model_fields.keys():
            yield from unknown_fields(getattr(value, name), f"{path}{name}.")
    elif isinstance(value, list):
        for element in value:
            yield from unknown_fields(element, path)


def reasons(error):
    """Of a union's errors those of the events that have the right type."""
    others = {found["loc"][0] for found in error.errors() if found["loc"][1:] == ("type",)}
    return [(found["loc"], found["msg"]) for found in error.errors() if found["loc"][0] not in others]


def check(event):
    assert event.get("type") not in NEVER, event
    if event.get("type", "").startswith("transcription_session."):
        return  # this client knows one of the two events, and wants a secret in it that a WebSocket has not (E.11)
    try:
        model = ADAPTER.validate_python(event, strict=True)
    except ValidationError as error:
        raise AssertionError(f"{event.get('type')}: {reasons(error)}") from None
    extra = sorted(set(unknown_fields(model)) - ALLOWED.get(event["type"], set()))
    assert not extra, f"{event['type']} has fields that its model does not know: {extra}"
