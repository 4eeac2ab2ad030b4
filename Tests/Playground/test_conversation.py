"""A conversation by voice, from the microphone to the loudspeaker."""

import json

import pytest

from browser import ANSWER, spoken


def test_a_spoken_question_is_answered_aloud(steady, recordings, open_page, tmp_path):
    """The page connects, speech is detected, the answer is heard; the script, the time line and the inspector tell it."""
    page = open_page(steady, spoken(tmp_path, (2, "What is the capital of France?")))
    page.record_output()
    page.page.click("#listen")
    page.wait_for_answer()
    heard = page.heard(tmp_path)
    words, again = ({word.strip(".,!?").lower() for word in text.split()} for text in (ANSWER, heard))
    assert len(words & again) >= 0.8 * len(words), f"said {ANSWER!r}, heard {heard!r}"

    script = page.page.inner_text(".script")
    assert "Session Started" in script and "france" in script.lower()
    assert page.run("({ tracks }) => tracks.speech.length") >= 1
    loud = "(track) => { let loud = 0; for (let i = 0; i < track.length; i++) loud += track.at(i) > 0.02; return loud * 10; }"
    assert page.run(f"({{ tracks }}) => ({loud})(tracks.you)") > 800, "milliseconds of the question"
    assert page.run(f"({{ tracks }}) => ({loud})(tracks.answer)") > 200, "milliseconds of the answer"
    assert page.run("({ waterfalls }) => waterfalls.all().some((one) => one.isServers && one.parts.length > 3)")
    assert page.page.is_visible(".waterfall")
    assert page.run("({ order }) => order.faults") == []

    # What the inspector shows is what the server wrote down.
    page.run("({ talk }) => talk.disconnect()")
    events = page.events("received")
    session = events[0]["event"]["session"]["id"]
    written = [json.loads(line) for line in (recordings / session / "events.jsonl").read_text().splitlines()]
    sent = [entry["out"]["event_id"] for entry in written if "out" in entry]
    assert [event["event"]["event_id"] for event in events] == sent[: len(events)]
    assert len(sent) - len(events) <= 2, "what was under way as the page closed"
    rows = page.run("() => [...document.querySelectorAll('.event.received')].reduce((sum, row) => sum + Number((row.querySelector('.count')?.textContent ?? '×1').slice(1)), 0)")
    assert rows == len(events)


def test_speaking_interrupts(server, open_page, tmp_path):
    """An answer stops within 150 ms of speech_started; the server is told how much of it was heard."""
    page = open_page(server, spoken(tmp_path, (1.5, "Hello there, my good old friend."), seconds=120))
    page.connect()
    page.run("({ settings }) => settings.want('instructions', 'Tell a very long story about a dog, in ten sentences.')")
    page.say("Tell me a very long story.")
    page.wait_for("({ sound }) => sound.player.playing")
    page.page.click("#listen")
    page.wait_for("({ tracks }) => tracks.cuts.length > 0")
    entries = page.run("({ log }) => log.entries.map(({ at, kind, event, item, ms, unheard }) => ({ at, kind, type: event?.type, event: kind === 'sent' && event.type.endsWith('truncate') ? event : null, item, ms, unheard }))")
    cut = next(entry for entry in entries if entry["kind"] == "cut")
    started = max(entry["at"] for entry in entries if entry["type"] == "input_audio_buffer.speech_started" and entry["at"] <= cut["at"])
    truncate = next(entry["event"] for entry in entries if entry["event"])
    print(f"playback was cut {cut['at'] - started:.0f} ms after speech_started")
    assert cut["at"] - started < 150
    assert truncate["item_id"] == cut["item"] and truncate["audio_end_ms"] == round(cut["ms"])
    assert 0 < cut["ms"]
    page.wait_for("({ log }) => log.entries.some((entry) => entry.event?.type === 'conversation.item.truncated')")
    later = page.run("({ log }, cut) => log.entries.filter((entry) => entry.kind === 'played' && entry.item === cut.item && entry.at > cut.at).length", cut)
    assert later == 0, "nothing more of it is played"


def test_the_page_asks_for_who_has_no_microphone(server, open_page):
    page = open_page(server, allowed=False)
    page.page.click("#question")
    page.wait_for_answer()
    assert "france" in page.page.inner_text(".script").lower()


def test_push_to_talk(server, open_page, tmp_path):
    """Without turn detection the turn lasts as long as the space bar is held."""
    page = open_page(server, spoken(tmp_path, (0.5, "What is the capital of France?")))
    page.run("({ settings }) => settings.want('turns', 'none')")
    page.connect()
    page.page.focus("#stage")
    page.page.keyboard.down(" ")
    page.wait_for_state("listening")
    page.page.wait_for_timeout(3500)
    page.page.keyboard.up(" ")
    page.wait_for_answer()
    types = [entry["event"]["type"] for entry in page.events()]
    assert "input_audio_buffer.speech_started" not in types
    assert types.index("input_audio_buffer.commit") < types.index("response.create")


def test_an_answer_in_writing_is_stopped_by_escape(server, open_page):
    page = open_page(server)
    page.connect()
    page.say("Tell me a very long story about a dog.")
    page.wait_for("({ conversation }) => conversation.lines.some((line) => line.kind === 'answer' && line.text)")
    page.page.keyboard.press("Escape")
    page.wait_for("({ conversation, sound }) => !conversation.active && !sound.player.playing")
    assert page.page.query_selector(".words del") or page.events("sent")[-1]["event"]["type"] in ("response.cancel", "conversation.item.truncate")


@pytest.mark.parametrize("service", ["openai", "azure", "azure-preview"])
def test_every_dialect(server, open_page, service):
    page = open_page(server)
    page.run("({ connection }, service) => Object.assign(connection, { service })", service)
    page.connect()
    page.say("Hello!")
    page.wait_for_answer()
    assert page.run("({ order }) => order.faults") == []
    created = page.events("received")[0]["event"]
    assert ("modalities" in created["session"]) == (service == "azure-preview")


def test_a_busy_page_does_not_stutter(server, open_page):
    """What has come is played on while the page itself stands still."""
    page = open_page(server)
    page.connect()
    page.say("Tell me a very long story about a dog.")
    page.wait_for("({ sound, tracks, conversation }) => sound.player.playing && conversation.lines.some((line) => line.kind === 'answer' && tracks.received(line.id) > 3000)")
    holes = page.run("""async ({ sound, log }) => {
        let holes = 0;
        sound.player.onUnderrun = () => (holes += 1);
        for (let turn = 0; turn < 3; turn++) {
            const end = performance.now() + 400;
            while (performance.now() < end);
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        const played = log.entries.filter((entry) => entry.kind === "played");
        return { holes, played: played.at(-1).ms };
    }""")
    assert holes["holes"] == 0 and holes["played"] > 1200
