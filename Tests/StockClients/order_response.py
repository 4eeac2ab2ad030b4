"""One response, from response.created to response.done (protocol.md B.9, C.3 to C.13, E.1 row 24, G.2)."""

from order_parts import Item, require

REASONS = {"cancelled": {"turn_detected", "client_cancelled"}, "incomplete": {"max_output_tokens", "content_filter"}}


class Response:
    def __init__(self, response):
        empty = {"status": "in_progress", "output": [], "status_details": None, "usage": None}
        require(all(response[key] == value for key, value in empty.items()), "it begins empty")
        self.id, self.created = response["id"], response
        self.is_in_conversation = response["conversation_id"] is not None
        self.is_done = False
        self.items = []

    def take(self, name, event):
        require(not self.is_done, "nothing comes after response.done")
        if name == "output_item.added":
            require(not self.items or self.items[-1].final is not None, "one item after the other")
            require(event["output_index"] == len(self.items), "the next index")
            self.items.append(Item(event["item"]))
            return
        require(self.items and event["output_index"] == len(self.items) - 1, "output_item.added comes first")
        item = self.items[-1]
        # The conversation has the item before anything else is said of it; beside the conversation it never has.
        require(item.is_added == self.is_in_conversation, "its conversation item comes between, if it has one")
        require(item.id == event.get("item_id", event.get("item", {}).get("id")), "the item that was announced")
        if name == "output_item.done":
            item.end(event["item"])
        else:
            item.take(name, event)

    def awaits(self, item):
        """Whether this response has just announced an item for the conversation."""
        waiting = self.is_in_conversation and not self.is_done and self.items and not self.items[-1].is_added
        return bool(waiting) and self.items[-1].first == item

    def finish(self, response):
        require(not self.is_done, "it ends once")
        self.is_done = True
        kept = ("id", "object", "conversation_id", "metadata", "max_output_tokens", "audio", "voice")
        require(all(response.get(key) == self.created.get(key) for key in kept), "as it was created")
        require(response["output"] == [item.final for item in self.items], "the items of output_item.done")
        self.check_status(response["status"], response["status_details"])
        self.check_usage(response["usage"], response["status"])
        for item in self.items:
            for part in item.parts:
                self.check_sound(part, item.final["status"])

    def check_status(self, status, details):
        if status == "completed":
            require(details is None, "nothing to say")
            require(all(item.final["status"] == "completed" for item in self.items), "so are its items")
        elif status == "failed":
            require(details["type"] == "failed" and details["error"]["type"], "it says why")
        else:
            require(details["type"] == status and details["reason"] in REASONS[status], "it says why")

    def check_usage(self, usage, status):
        if status == "failed":
            return
        input, output = usage["input_token_details"], usage["output_token_details"]
        require(usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"], "the total is the sum")
        read = input["text_tokens"] + input["audio_tokens"] + input.get("image_tokens", 0)
        require(usage["input_tokens"] == read, "input is text, audio and images")
        require(usage["output_tokens"] == output["text_tokens"] + output["audio_tokens"], "output is text and audio")
        require(0 <= input["cached_tokens"] <= usage["input_tokens"], "what is cached is part of it")

    def check_sound(self, part, status):
        """Sound and transcript are both there and of about the same length: 15 to 400 ms a letter.

        A voice may leave out what is not English.
        """
        letters = [character for character in part.text if character.isalnum()]
        if part.kind == "text" or status != "completed" or not letters:
            return
        format = self.created.get("output_audio_format") or self.created["audio"]["output"]["format"]["type"]
        sample, per_ms = (2, 48) if format in ("pcm16", "audio/pcm") else (1, 8)
        require(len(part.audio) % sample == 0, "whole samples")
        least = 15 * per_ms * sum(map(str.isascii, letters))
        most = 400 * per_ms * len(letters)
        require(least <= len(part.audio) <= most, f"{len(part.audio)} bytes for {part.text!r}")
