"""Whether the messages of a session come in the order of protocol.md C, D and G.2."""

from dialect import IS_GA, common
from order_conversation import Conversation
from order_input import Input
from order_parts import require
from order_response import Response

# All that may be sent on Azure's preview path with api-version 2024-10-01-preview (protocol.md E.1); and, to a client
# that asked for it (E.1 row 5), conversation.item.retrieved.
WHITELIST = {
    *("error", "session.created", "session.updated", "input_audio_buffer.committed", "input_audio_buffer.cleared"),
    *("input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped"),
    *("conversation.item.created", "conversation.item.truncated", "conversation.item.deleted"),
    *(f"conversation.item.input_audio_transcription.{end}" for end in ("completed", "failed")),
    *("response.created", "response.done", "response.output_item.added", "response.output_item.done"),
    *("response.content_part.added", "response.content_part.done", "rate_limits.updated"),
    *(
        f"response.{kind}.{end}"
        for kind in ("text", "audio", "audio_transcript", "function_call_arguments")
        for end in ("delta", "done")
    ),
    "conversation.item.retrieved",
}


def check(events, way):
    """Raises at the first message that is out of order."""
    order = Order(None if IS_GA or way != "azure" else WHITELIST)
    for number, event in enumerate(events):
        try:
            order.take(event)
        except AssertionError as error:
            raise AssertionError(f"message {number}, {event['type']}: {error}: {event}") from None
    order.end()


class Order:
    def __init__(self, whitelist):
        self.whitelist = whitelist
        self.ids = set()
        self.responses = {}
        self.unlimited = 0  # responses that no rate_limits.updated has followed yet
        self.conversation = Conversation()
        self.input = Input(self.conversation)

    def take(self, event):
        type = event["type"]
        require(bool(self.ids) == (type != "session.created"), "session.created comes first and once")
        require(event["event_id"] not in self.ids, "an event_id comes once")
        require(self.whitelist is None or type in self.whitelist, "this client would close the connection")
        self.ids.add(event["event_id"])
        if type == "response.created":
            self.begin(event["response"])
        elif type == "response.done":
            self.finish(event["response"])
        elif type.startswith("response."):
            require(event["response_id"] in self.responses, "response.created comes first")
            self.responses[event["response_id"]].take(common(type).removeprefix("response."), event)
        elif type == "rate_limits.updated":
            self.unlimited -= 1
            require(self.unlimited == 0, "one follows each response.done")
        elif type.startswith("conversation.item.input_audio_transcription."):
            self.input.transcription(type.rpartition(".")[2], event)
        elif type.startswith("conversation.item."):
            self.conversation.take(type.removeprefix("conversation.item."), event, self.input, self.responses.values())
        elif type.startswith("input_audio_buffer."):
            self.input.take(type.removeprefix("input_audio_buffer."), event)
        elif type == "error":
            require(event["error"].keys() == {"type", "code", "message", "param", "event_id"}, "all keys are there")

    def begin(self, response):
        require(response["id"] not in self.responses, "a response begins once")
        busy = [other for other in self.responses.values() if other.is_in_conversation and not other.is_done]
        require(not response["conversation_id"] or not busy, "one response at a time is in the conversation")
        self.responses[response["id"]] = Response(response)

    def finish(self, response):
        self.responses[response["id"]].finish(response)
        self.unlimited += 1
        for item in response["output"]:
            if IS_GA and item["id"] in self.conversation.items:
                ended = self.conversation.ended.get(item["id"])
                require(ended == item, "conversation.item.done came before, with the same item")

    def end(self):
        for response in self.responses.values():
            require(response.is_done, f"{response.id} never ended")
        require(self.unlimited == 0, "a response without rate_limits.updated")
        self.conversation.end()
        self.input.end()
