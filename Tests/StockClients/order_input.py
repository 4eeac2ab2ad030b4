"""The user's speech: the clock, the ids, the transcripts (protocol.md C.5 to C.8, D and E.3 row 7)."""

from order_parts import require


class Input:
    def __init__(self, conversation):
        self.conversation = conversation
        self.speech = None  # speech_started, until committed or cleared
        self.has_stopped = False
        self.end_ms = 0
        self.commits = {}  # id → committed, until the item's event
        self.transcripts = {}  # id → what the deltas said, None when completed or failed

    def take(self, name, event):
        require(hasattr(self, name), "unknown to these checks")
        getattr(self, name)(event)

    def speech_started(self, event):
        require(self.speech is None, "the last speech has to be committed before")
        require(event["item_id"] not in self.conversation.known, "the id is new")
        require(event["audio_start_ms"] >= self.end_ms, "the clock only goes forward")
        self.speech, self.has_stopped = event, False

    def speech_stopped(self, event):
        require(self.speech is not None and not self.has_stopped, "speech_started comes before")
        require(event["item_id"] == self.speech["item_id"], "the id that was announced")
        require(event["audio_end_ms"] > self.speech["audio_start_ms"], "speech takes time")
        self.has_stopped, self.end_ms = True, event["audio_end_ms"]

    def committed(self, event):
        if self.speech is not None:
            require(event["item_id"] == self.speech["item_id"], "the id that was announced")
        require(event["previous_item_id"] == self.conversation.last, "at the end of the conversation")
        self.speech = None
        self.commits[event["item_id"]] = event

    def cleared(self, event):
        self.speech = None

    def timeout_triggered(self, event):
        require(event["audio_end_ms"] > event["audio_start_ms"], "silence takes time")

    def item(self, event):
        """The item of what was committed."""
        committed = self.commits.pop(event["item"]["id"])
        require(event["previous_item_id"] == committed["previous_item_id"], "the place that committed told")
        require(event["item"]["role"] == "user" and event["item"]["status"] == "completed", "a user's item")
        require([part["type"] for part in event["item"]["content"]] == ["input_audio"], "speech")
        self.transcripts[event["item"]["id"]] = ""

    def transcription(self, name, event):
        said = self.transcripts.get(event["item_id"])
        require(said is not None, "an item with speech, and no end came yet")
        require(event["content_index"] == 0, "its only part")
        if name == "delta":
            self.transcripts[event["item_id"]] = said + event["delta"]
            return
        if name == "completed":
            require(said in ("", event["transcript"]), f"the deltas said {said!r}")
        self.transcripts[event["item_id"]] = None

    def end(self):
        require(not self.commits, f"committed without an item: {list(self.commits)}")
        require(self.speech is None or not self.has_stopped, "speech stopped and was never committed")
