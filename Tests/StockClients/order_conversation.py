"""The conversation's items: announced once, in their places, GA with an end (protocol.md B.8, C.3, C.4, C.14)."""

from dialect import IS_GA, ITEM_ADDED
from order_parts import require


class Conversation:
    def __init__(self):
        self.items = []  # ids in their order
        self.known = set()  # also those that were deleted
        self.open = {}  # GA: id → the event that added it, until it is done
        self.ended = {}  # GA: id → what it was when it was done

    @property
    def last(self):
        return self.items[-1] if self.items else None

    def take(self, name, event, input, responses):
        if name == ITEM_ADDED.rpartition(".")[2]:
            self.add(event, input, responses)
        elif name == "done":
            self.done(event)
        elif name == "deleted":
            self.items.remove(event["item_id"])
            self.open.pop(event["item_id"], None)
        elif name == "truncated":
            require(event["item_id"] in self.items, "an item of the conversation")
        elif name == "retrieved":
            require(event["item"]["id"] in self.items, "an item of the conversation")
        else:
            require(False, "unknown to these checks")

    def add(self, event, input, responses):
        item, previous = event["item"], event["previous_item_id"]
        require(item["id"] not in self.known, "an item comes once")
        require(previous is None or previous in self.items, "previous_item_id is one of the conversation")
        self.items.insert(self.items.index(previous) + 1 if previous else 0, item["id"])
        self.known.add(item["id"])
        if IS_GA:
            self.open[item["id"]] = event
        if item["id"] in input.commits:
            input.item(event)
        elif item["status"] == "in_progress":
            made = [response for response in responses if response.awaits(item)]
            require(len(made) == 1, "a response has just announced it")
            made[0].items[-1].is_added = True
        else:
            require(item.get("content") is None or "audio" not in item["content"][0], "no sound in messages")

    def done(self, event):
        item = event["item"]
        require(item["id"] in self.open, "added comes before done")
        added = self.open.pop(item["id"])
        require(event["previous_item_id"] == added["previous_item_id"], "the same place")
        require(item["status"] != "in_progress", "done is done")
        if added["item"]["status"] != "in_progress":
            require(item == added["item"], "as it was added")
        self.ended[item["id"]] = item

    def end(self):
        require(not self.open, f"added but never done: {list(self.open)}")
