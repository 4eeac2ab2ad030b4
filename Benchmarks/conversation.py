"""One speaking user: a microphone that never stops, and what the server makes of each turn."""

import asyncio
import base64
import collections
import dataclasses
import json
import time
from array import array

import websockets

from fixtures import APPEND, RATE, SILENCE

INSTRUCTIONS = "You are a voice assistant. Whatever you hear, answer with one short sentence."
LONGEST_ANSWER = 80  # tokens: a model that does not obey must not make the run long
AUDIBLE = 184  # of 32768: −45 dBFS
TICK = APPEND / RATE
PATIENCE = 20  # seconds from the end of speech to the end of the answer
PAUSE = 1.0  # seconds between an answer, when it has been played, and the next utterance


class Broken(Exception):
    """The session cannot go on."""


@dataclasses.dataclass
class Turn:
    """Moments are seconds of the monotonic clock."""

    fixture: str
    session: int
    round: int
    spoken: float | None = None  # the last sample of speech was sent
    spoken_ms: float = 0.0  # where that sample stands in all the sound of the session
    ended_ms: float | None = None  # where the server says that the turn ended
    stops: list = dataclasses.field(default_factory=list)
    responses: list = dataclasses.field(default_factory=list)
    statuses: list = dataclasses.field(default_factory=list)
    created: float | None = None
    transcribed: float | None = None
    first_word: float | None = None
    first_audio: float | None = None
    first_audible: float | None = None
    samples: int = 0
    leading_silence: float | None = None
    holes: float = 0.0  # seconds in which a client that plays at once had nothing to play
    heard: list = dataclasses.field(default_factory=list)
    answer: str = ""
    failure: str | None = None
    is_over: bool = False

    @property
    def is_answered(self):
        return bool(self.spoken and self.stops and len(self.stops) == len(self.responses) == len(self.statuses))

    @property
    def played(self):
        """When a client that plays at once is through with it."""
        return self.first_audio + self.samples / RATE + self.holes if self.first_audio else 0

    def begin_response(self, at, name):
        self.responses.append(name)
        self.created, self.first_word, self.first_audio, self.first_audible = at, None, None, None
        self.samples, self.leading_silence, self.holes, self.answer = 0, None, 0.0, ""

    def hear(self, at, delta):
        if self.first_audio is None:
            self.first_audio = at
        self.holes += max(0.0, at - self.played)
        if self.first_audible is None:
            sound = array("h", base64.b64decode(delta))
            found = next((i for i, sample in enumerate(sound) if not -AUDIBLE <= sample <= AUDIBLE), None)
            if found is not None:
                self.first_audible, self.leading_silence = at, (self.samples + found) / RATE
        self.samples += (len(delta) * 3 // 4 - delta.count("=", -2)) // 2

    def judge(self):
        if self.failure:
            return
        if self.stops and self.stops[0] < self.spoken:
            self.failure = "split: speech_stopped before the last sample of speech"
        elif len(self.stops) > 1:
            self.failure = f"split: {len(self.stops)} times speech_stopped"
        elif self.statuses[-1] not in ("completed", "incomplete"):
            self.failure = f"response {self.statuses[-1]}"
        elif self.first_audible is None:
            self.failure = "silent answer"

    def row(self):
        """What the report is made of; times in milliseconds."""
        stop = self.stops[-1] if self.stops else None

        def between(start, end):
            return None if start is None or end is None else round(1000 * (end - start), 2)

        return {
            "session": self.session,
            "round": self.round,
            "fixture": self.fixture,
            "failure": self.failure,
            "speech_end_to_stopped": between(self.spoken, stop),
            "stopped_to_created": between(stop, self.created),
            "stopped_to_audio": between(stop, self.first_audio),
            "stopped_to_audible": between(stop, self.first_audible),
            "voice_to_voice": between(self.spoken, self.first_audible),
            "leading_silence": between(0, self.leading_silence),
            "holes": between(0, self.holes),
            "speech_end_to_turn_end": None if self.ended_ms is None else round(self.ended_ms - self.spoken_ms, 2),
            "stopped_to_transcript": between(stop, self.transcribed),
            "stopped_to_word": between(stop, self.first_word),
            "word_to_audio": between(self.first_word, self.first_audio),
            "answer_seconds": round(self.samples / RATE, 2),
            "status": self.statuses[-1] if self.statuses else None,
            "heard": " ".join(self.heard),
            "answer": self.answer.strip(),
        }


def connected(url, headers):
    # Neither compression, which costs both sides time that nobody asked for, nor a proxy, which would be measured too.
    return websockets.connect(url, additional_headers=headers, compression=None, proxy=None, max_size=None)


class Metronome:
    """Beats every 20 ms for all sessions: waking up costs this process more than sending does."""

    def __init__(self):
        self.beats = 0
        self._begun = time.monotonic()
        self._next = asyncio.Event()

    def due(self, beat):
        return self._begun + beat * TICK

    async def beat(self):
        await self._next.wait()

    async def run(self):
        while True:
            if (wait := self.due(self.beats + 1) - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            self.beats += 1
            beat, self._next = self._next, asyncio.Event()
            beat.set()


class Conversation:
    """A session that speaks utterances in turn, each after the last answer has been heard."""

    def __init__(self, url, headers, metronome, silence, session, round, report):
        self.url, self.headers, self.metronome, self.silence = url, headers, metronome, silence
        self.session, self.round, self.report = session, round, report
        self.turns = []
        self.lateness = []  # seconds by which appends were sent after they were due
        self.settings = {}
        self._queue = collections.deque()
        self._items = {}
        self._news = asyncio.Event()

    async def hold(self, fixtures):
        """All of them, in as many connections as it takes: a failure must not end the conversation."""
        waiting = collections.deque(fixtures)
        while waiting:
            try:
                await self._connected(waiting)
            except (Broken, OSError, websockets.WebSocketException, TimeoutError) as error:
                if not self.turns or self.turns[-1].is_over:
                    if not waiting:
                        return
                    # Nothing was being said: the next utterance counts as failed, or this would go on for ever.
                    self.turns.append(Turn(waiting.popleft().name, self.session, self.round))
                turn = self.turns[-1]
                turn.failure = turn.failure or str(error) or type(error).__name__
                self._finish(turn)

    def _finish(self, turn):
        turn.is_over = True
        self.report(turn)

    async def _connected(self, waiting):
        self._queue.clear()
        async with connected(self.url, self.headers) as socket:
            await self._configure(socket)
            tasks = [asyncio.create_task(self._speak(socket)), asyncio.create_task(self._listen(socket))]
            talk = asyncio.create_task(self._take_turns(waiting))
            try:
                await asyncio.wait([*tasks, talk], return_when=asyncio.FIRST_COMPLETED)
                for task in (talk, *tasks):
                    if task.done():
                        task.result()
            finally:
                for task in (*tasks, talk):
                    task.cancel()
                await asyncio.gather(*tasks, talk, return_exceptions=True)

    async def _configure(self, socket):
        audio = {"input": {"transcription": {"model": "whisper-1"}}}
        if self.silence is not None:
            audio["input"]["turn_detection"] = {"type": "server_vad", "silence_duration_ms": self.silence}
        update = {
            "type": "realtime",
            "instructions": INSTRUCTIONS,
            "max_output_tokens": LONGEST_ANSWER,
            "audio": audio,
        }
        await socket.send(json.dumps({"type": "session.update", "session": update}))
        while True:
            event = json.loads(await asyncio.wait_for(socket.recv(), PATIENCE))
            if event["type"] == "error":
                raise Broken(f"error: {event['error'].get('message')}")
            if event["type"] == "session.updated":
                self.settings = event["session"]
                return

    async def _speak(self, socket):
        """A message every 20 ms, when its last sample would have come out of a microphone."""
        begun, sent = self.metronome.beats, 0
        while True:
            await self.metronome.beat()
            # More than one when the server took none for a while.
            while begun + sent < self.metronome.beats:
                sent += 1
                message, turn = self._queue.popleft() if self._queue else (SILENCE, None)
                now = time.monotonic()
                self.lateness.append(now - self.metronome.due(begun + sent))
                if turn:
                    turn.spoken, turn.spoken_ms = now, 1000 * TICK * sent
                await socket.send(message, text=True)

    async def _listen(self, socket):
        async for message in socket:
            at = time.monotonic()
            event = json.loads(message)
            if self.turns:
                self._note(self.turns[-1], at, event)
        raise Broken("the server closed the connection")

    def _note(self, turn, at, event):
        kind = event["type"]
        if kind == "response.output_audio.delta":
            if event["response_id"] in turn.responses[-1:]:
                turn.hear(at, event["delta"])
        elif kind == "response.output_audio_transcript.delta":
            if event["response_id"] in turn.responses[-1:]:
                turn.first_word = turn.first_word or at
                turn.answer += event["delta"]
        elif kind == "input_audio_buffer.speech_stopped":
            turn.stops.append(at)
            turn.ended_ms = event["audio_end_ms"]
            self._items[event["item_id"]] = turn
        elif kind == "response.created":
            turn.begin_response(at, event["response"]["id"])
        elif kind == "response.done":
            turn.statuses.append(event["response"]["status"])
        elif kind == "conversation.item.input_audio_transcription.completed":
            # It may come when the next utterance is under way.
            turn = self._items.get(event["item_id"], turn)
            turn.transcribed = at
            turn.heard.append(event["transcript"].strip())
        elif kind == "error":
            turn.failure = f"error: {event['error'].get('message')}"
        self._news.set()

    async def _take_turns(self, waiting):
        await asyncio.sleep(PAUSE)
        while waiting:
            fixture = waiting.popleft()
            turn = Turn(fixture.name, self.session, self.round)
            self.turns.append(turn)
            self._queue.extend((m, turn if i == fixture.last else None) for i, m in enumerate(fixture.messages))
            await self._answer(turn, fixture)
            turn.judge()
            self._finish(turn)
            await asyncio.sleep(max(0.0, turn.played - time.monotonic()) + PAUSE)

    async def _answer(self, turn, fixture):
        try:
            async with asyncio.timeout(fixture.seconds + PATIENCE):
                while not turn.is_answered:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            lacking = "speech_stopped" if not turn.stops else "response" if not turn.responses else "end of the answer"
            raise Broken(f"no {lacking} within {PATIENCE} s") from None
