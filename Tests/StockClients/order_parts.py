"""What a response is made of: items and their parts, each from added to done (protocol.md C.3, C.9, E.3)."""

import base64
import json

from dialect import AUDIO, TEXT, common


def require(condition, what):
    assert condition, what


class Part:
    def __init__(self, part):
        self.kind = part["type"]
        require(self.kind in ("text", "audio"), "a part is text or audio")
        self.key = {"text": "text", "audio": "transcript"}[self.kind]
        require(part[self.key] == "", "it begins empty")
        self.text, self.audio = "", b""
        self.open = {"output_text"} if self.kind == "text" else {"output_audio", "output_audio_transcript"}

    def take(self, channel, end, event):
        require(channel in self.open, f"open are only {self.open}")
        if end == "done":
            self.open.remove(channel)
            require(event.get("text", event.get("transcript", self.text)) == self.text, f"not {self.text!r}")
        elif channel == "output_audio":
            self.audio += base64.b64decode(event["delta"], validate=True)
        else:
            self.text += event["delta"]

    def end(self, part):
        require(not self.open, f"{self.open} is not done")
        require(part == {"type": self.kind, self.key: self.text}, f"not {self.text!r}")

    @property
    def content(self):
        """Its form in an item."""
        return {"type": {"text": TEXT, "audio": AUDIO}[self.kind], self.key: self.text}


class Item:
    def __init__(self, item):
        self.id, self.first = item["id"], item
        require(item["type"] in ("message", "function_call"), "a response makes messages and calls")
        require(item["status"] == "in_progress", "it begins in progress")
        require((item["content"] if self.is_message else item["arguments"]) in ([], ""), "it begins empty")
        self.is_added = False  # by an event of the conversation
        self.parts, self.is_in_part = [], False
        self.arguments, self.has_arguments = "", False
        self.final = None

    @property
    def is_message(self):
        return self.first["type"] == "message"

    def take(self, name, event):
        require(self.final is None, "nothing comes after output_item.done")
        channel, _, end = common("response." + name).removeprefix("response.").rpartition(".")
        if channel == "function_call_arguments":
            self.take_arguments(end, event)
            return
        require(self.is_message, "only messages have parts")
        if name == "content_part.added":
            require(not self.is_in_part and event["content_index"] == len(self.parts), "one part after the other")
            self.parts.append(Part(event["part"]))
            self.is_in_part = True
            return
        require(self.is_in_part and event["content_index"] == len(self.parts) - 1, "content_part.added comes first")
        if name == "content_part.done":
            self.parts[-1].end(event["part"])
            self.is_in_part = False
        else:
            self.parts[-1].take(channel, end, event)

    def take_arguments(self, end, event):
        require(not self.is_message and event["call_id"] == self.first["call_id"], "the call that was announced")
        require(not self.has_arguments, "nothing comes after done")
        if end == "delta":
            self.arguments += event["delta"]
            return
        self.has_arguments = True
        require(event["arguments"] == self.arguments, f"the deltas said {self.arguments!r}")
        require(event["name"] == self.first["name"], "the name that was announced")

    def end(self, item):
        require(self.final is None and not self.is_in_part, "all parts are done, and it ends once")
        require(item["status"] in ("completed", "incomplete"), "done is done")
        if self.is_message:
            require(item["content"] == [part.content for part in self.parts], "its parts")
        else:
            require(item["arguments"] == self.arguments and self.has_arguments, "its arguments")
            require(item["status"] == "incomplete" or isinstance(json.loads(item["arguments"]), dict), "an object")
        require(all(item[key] == self.first.get(key) for key in ("id", "type")), "the item that was announced")
        self.final = item
