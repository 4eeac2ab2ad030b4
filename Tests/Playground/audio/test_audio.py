"""The audio room in Chromium: what is heard of a microphone, and what is heard of an answer."""

import numpy
import pytest

from ears import TONE, wait

RATE = 24_000

# Chromium takes a steady tone for noise; so that the tests have one to measure, it is told to leave the sound alone.
# What the page had asked for is kept.
RAW = """
  const media = navigator.mediaDevices, real = media.getUserMedia.bind(media);
  media.getUserMedia = (constraints) => {
    window.asked = structuredClone(constraints);
    const audio = { ...constraints.audio, echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    return real({ audio }).then((stream) => (window.stream = stream));
  };"""

# A device that runs at another rate.
AT_RATE = """
  const Real = AudioContext;
  window.AudioContext = class extends Real { constructor(options) { super({ ...options, sampleRate: %d }); } };"""


@pytest.fixture(params=[44_100, 48_000])
def rate(request):
    return request.param


def amplitude(samples, frequency, rate):
    window = numpy.hanning(len(samples))
    turn = numpy.exp(-2j * numpy.pi * frequency * numpy.arange(len(samples)) / rate)
    return 2 * abs(numpy.dot(samples * window, turn)) / window.sum()


def strongest(samples, rate):
    spectrum = abs(numpy.fft.rfft(samples * numpy.hanning(len(samples)), 8 * len(samples)))
    return numpy.argmax(spectrum) * rate / (8 * len(samples))


def test_the_microphone_is_heard_at_24_khz(allowed, open_page, rate):
    page = open_page(allowed, RAW + AT_RATE % rate)
    heard = page.evaluate("""async () => {
      const { sound } = await room.openSound();
      const frames = [], levels = [];
      const isOpen = await sound.microphone.start({ context: sound.context, onFrame: (samples, level) => {
        frames.push({ samples: [...samples], at: performance.now() }); levels.push(level);
      } });
      while (frames.length < 120) await room.wait(20);
      const { deviceId, label } = sound.microphone;
      sound.microphone.stop();
      const stopped = frames.length;
      const track = stream.getAudioTracks()[0].readyState;
      await room.wait(200);
      return {
        isOpen, rate: sound.context.sampleRate, frames, levels, asked, deviceId, label, track, stopped,
        after: frames.length,
      };
    }""")
    assert heard["isOpen"] and heard["rate"] == rate
    assert heard["asked"]["audio"] == {
        "channelCount": 1, "echoCancellation": True, "noiseSuppression": True, "autoGainControl": True}
    assert heard["deviceId"] and heard["label"]
    frames = heard["frames"]
    assert {len(frame["samples"]) for frame in frames} == {480}
    samples = numpy.concatenate([frame["samples"] for frame in frames[20:]]) / 32768
    print(f"{rate}: {strongest(samples, RATE):.2f} Hz, {amplitude(samples, TONE, RATE):.3f}")
    assert abs(strongest(samples, RATE) - TONE) < 1
    assert 0.2 < amplitude(samples, TONE, RATE) < 0.5
    pace = (frames[-1]["at"] - frames[20]["at"]) / (len(frames) - 21)
    assert 19 < pace < 21
    last = numpy.array(frames[-1]["samples"]) / 32768
    assert heard["levels"][-1]["peak"] == pytest.approx(abs(last).max(), abs=1e-3)
    assert heard["levels"][-1]["rms"] == pytest.approx(numpy.sqrt((last**2).mean()), abs=1e-3)
    assert heard["track"] == "ended" and heard["after"] == heard["stopped"]


def test_a_microphone_that_goes_is_told_once(allowed, open_page):
    page = open_page(allowed, RAW)
    told = page.evaluate("""async () => {
      const { sound } = await room.openSound();
      const told = [];
      const hearing = { context: sound.context, onFrame: () => {}, onEnded: (reason) => told.push(reason) };
      await sound.microphone.start(hearing);
      const track = stream.getAudioTracks()[0];
      track.dispatchEvent(new Event("ended"));
      track.dispatchEvent(new Event("ended"));
      const label = sound.microphone.label;
      await sound.microphone.start(hearing);
      sound.microphone.stop();
      stream.getAudioTracks()[0].dispatchEvent(new Event("ended"));
      return { told, label, track: track.readyState };
    }""")
    assert told == {"told": ["lost"], "label": "", "track": "ended"}


def test_one_that_is_stopped_while_it_opens_does_not_stay_open(allowed, open_page):
    page = open_page(allowed, RAW)
    assert page.evaluate("""async () => {
      const { sound } = await room.openSound();
      const opening = sound.microphone.start({ context: sound.context, onFrame: () => {} });
      sound.microphone.stop();
      const isOpen = await opening;
      return [isOpen, stream.getAudioTracks()[0].readyState];
    }""") == [False, "ended"]


def test_microphones_are_listed_and_watched(allowed, open_page):
    page = open_page(allowed)
    devices, changes, later, gone = page.evaluate("""async () => {
      const changes = [];
      const stop = room.watchDevices((devices) => changes.push(devices.length));
      navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
      while (changes.length === 0) await room.wait(10);
      stop();
      const count = changes.length;
      navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
      await room.wait(300);
      const { sound } = await room.openSound();
      const gone = await sound.microphone.start({ context: sound.context, onFrame: () => {}, deviceId: "none such" })
        .catch((error) => error.code);
      return [await room.Microphone.devices(), changes, changes.length - count, gone];
    }""")
    assert devices and all(set(device) == {"id", "label"} for device in devices)
    assert set(changes) == {len(devices)} and later == 0
    assert gone == "missing"


def test_a_microphone_that_is_denied_says_so(chromium, open_page):
    page = open_page(chromium("--deny-permission-prompts", "--autoplay-policy=no-user-gesture-required"))
    assert page.evaluate("""async () => {
      const { sound } = await room.openSound();
      try {
        await sound.microphone.start({ context: sound.context, onFrame: () => {} });
      } catch (error) {
        return [error instanceof room.MicrophoneError, error.code];
      }
    }""") == [True, "denied"]


def test_without_a_secure_address_it_says_so(allowed, open_page):
    page = open_page(allowed)
    assert page.evaluate("""async () => {
      Object.defineProperty(navigator, "mediaDevices", { value: undefined });
      Object.defineProperty(window, "isSecureContext", { value: false });
      window.AudioWorkletNode = undefined;
      const code = (error) => error.code;
      const sound = new room.Sound();
      const microphone = await new room.Microphone().start({}).catch(code);
      return [await sound.open().catch(code), microphone, await room.Microphone.devices()];
    }""") == ["insecure", "insecure", []]


def test_an_answer_is_played_and_counted_to_the_end(allowed, open_page, rate):
    page = open_page(allowed, AT_RATE % rate)
    heard = page.evaluate("""async () => {
      const { sound, player, told } = await room.openSound();
      // A stream has a buffer of its own that slips on a busy machine; to be exact one must stand beside the player.
      const ear = room.listen(sound.context, room.nodes.playback), tap = room.listen(sound.context, player.stream);
      const answer = room.ms16(1000, 1003);
      const playing = [player.playing];
      for (let at = 0; at < answer.length; at += 1200) player.play("a", answer.subarray(at, at + 1200));
      player.end("a");
      player.play("b", room.ms16(2000, 400));
      player.end("b");
      player.end("never heard of");
      playing.push(player.playing);
      await room.wait(500);
      const level = player.level;
      while (player.playing) await room.wait(10);
      playing.push(player.playing);
      await room.wait(200);
      return { rate: sound.context.sampleRate, told, samples: ear.samples, tap: tap.samples, playing, level };
    }""")
    assert heard["rate"] == rate and heard["playing"] == [False, True, False]
    ends = [entry[:3] for entry in heard["told"] if entry[0] != "played"]
    assert ends == [["ended", "a", 1003], ["ended", "b", 400]]
    counts = [entry[2] for entry in heard["told"] if entry[:2] == ["played", "a"]]
    assert counts == sorted(counts) and 0 < counts[0] < 10 and max(numpy.diff(counts)) < 35 and counts[-1] <= 1003
    assert 0.45 < heard["level"] < 0.55
    samples = numpy.array(heard["samples"])
    loud = numpy.flatnonzero(abs(samples) > 0.02)
    length = (loud[-1] - loud[0]) * 1000 / rate
    # Both without a hole in between; the last 5 ms fade.
    assert 1396 < length < 1404
    played = samples[loud[0]:]
    a, b = played[int(0.05 * rate):int(0.95 * rate)], played[int(1.05 * rate):int(1.35 * rate)]
    print(f"{rate}: {length:.1f} ms, {amplitude(a, 1000, rate):.3f}, {amplitude(b, 2000, rate):.3f}")
    assert amplitude(a, 1000, rate) == pytest.approx(0.5, abs=0.01) and amplitude(a, 2000, rate) < 0.001
    assert amplitude(b, 2000, rate) == pytest.approx(0.5, abs=0.01) and amplitude(b, 1000, rate) < 0.001
    assert strongest(numpy.array(heard["tap"])[: int(0.9 * rate)], rate) == pytest.approx(1000, abs=2)
    # No images, no hum: nothing is there but the tone.
    rest = numpy.abs(numpy.fft.rfft(a * numpy.blackman(len(a))))
    tone = int(1000 * len(a) / rate)
    rest[tone - 8:tone + 9] = 0
    assert rest.max() < numpy.blackman(len(a)).sum() / 4 / 1000


def test_a_cut_is_silent_at_once(allowed, open_page, rate):
    page = open_page(allowed, AT_RATE % rate)
    heard = page.evaluate("""async () => {
      const { sound, player, told } = await room.openSound();
      const ear = room.listen(sound.context, player.stream);
      const none = await player.cut();
      const cuts = [];
      for (let round = 0; round < 10; round++) {
        const item = `a${round}`;
        player.play(item, room.ms16(1000, 5000));
        await room.wait(200 + 7 * round);
        const [start, from] = [performance.now(), ear.samples.length];
        const cutting = player.cut();
        const [again, playing] = [await player.cut(), player.playing];
        const cut = await cutting;
        const took = performance.now() - start;
        // More of it that was still on its way.
        player.play(item, room.ms16(1000, 500));
        await room.wait(200);
        cuts.push({ item, cut, again, playing, took, after: ear.samples.slice(from), isSilent: !player.playing });
      }
      return { none, cuts, ended: told.filter(([kind]) => kind === "ended") };
    }""")
    assert heard["none"] is None and heard["ended"] == []
    silences, answers = [], []
    for entry in heard["cuts"]:
        cut = entry["cut"]
        assert cut["item"] == entry["item"] and entry["again"] is None and not entry["playing"] and entry["isSilent"]
        assert cut["ms"] + cut["unheardMs"] == pytest.approx(5000)
        assert 50 < cut["ms"] < 2000
        samples = numpy.array(entry["after"])
        loud = numpy.flatnonzero(abs(samples) > 0.001)
        # From the samples that were known of when it was called.
        silences.append((loud[-1] + 1 if len(loud) else 0) * 1000 / rate)
        answers.append(entry["took"])
        # It fades: no step is greater than a tone of that loudness has.
        steepest = 0.5 * 2 * numpy.pi * 1000 / rate
        assert abs(numpy.diff(samples)).max() < 1.2 * steepest
    print(f"{rate}: silent after {numpy.median(silences):.0f} ms (at most {max(silences):.0f}), "
          f"answered after {numpy.median(answers):.0f} ms (at most {max(answers):.0f})")
    # By the clock of the sound; when the page hears of it depends on what else the machine does.
    assert max(silences) < 150 and numpy.median(answers) < 100


def test_a_cut_is_answered_even_if_the_system_has_stopped_all_sound(allowed, open_page):
    page = open_page(allowed)
    cut = page.evaluate("""async () => {
      const { sound, player } = await room.openSound();
      player.play("a", room.ms16(1000, 2000));
      await room.wait(300);
      sound.context.resume = () => Promise.reject(new Error("interrupted"));
      await sound.context.suspend();
      const start = performance.now();
      const cut = await player.cut();
      return { ...cut, took: performance.now() - start };
    }""")
    assert cut["item"] == "a" and 100 < cut["ms"] < 1000
    assert cut["ms"] + cut["unheardMs"] == pytest.approx(2000) and cut["took"] < 600


def test_sound_that_comes_too_late_is_told(allowed, open_page):
    page = open_page(allowed)
    told = page.evaluate("""async () => {
      const { player, told } = await room.openSound();
      player.play("a", room.ms16(1000, 100));
      await room.wait(300);
      player.play("a", room.ms16(1000, 500));
      player.end("a");
      while (player.playing) await room.wait(10);
      return told.filter(([kind]) => kind !== "played").map(([kind, item, ms]) => [kind, item, ms]);
    }""")
    assert told[-1] == ["ended", "a", 600]
    [[kind, item, target]] = told[:-1]
    assert (kind, item) == ("underrun", "a") and 100 < target <= 400


def test_sound_waits_for_a_click_and_comes_back_after_an_interruption(chromium, open_page):
    browser = chromium("--use-fake-ui-for-media-stream", "--autoplay-policy=document-user-activation-required")
    page = open_page(browser, """window.first = async () => {
      window.sound = new room.Sound();
      await Promise.all([sound.open(), sound.open()]);
    }""")
    page.wait_for_timeout(300)
    assert page.evaluate("[sound.isRunning, sound.context.state]") == [False, "suspended"]
    page.mouse.click(10, 10)
    wait(page, "sound.isRunning")
    page.evaluate("sound.context.suspend()")
    wait(page, "sound.isRunning")
    assert page.evaluate("""async () => {
      const old = sound.context;
      sound.close();
      await room.wait(50);
      const closed = [old.state, sound.context, sound.player];
      await sound.open();
      return [...closed, sound.context !== old, !!sound.player];
    }""") == ["closed", None, None, True, True]


def test_a_question_is_fed_without_a_microphone(allowed, open_page):
    page = open_page(allowed)
    frames = page.evaluate("""async () => {
      window.fetch = async () => new Response(room.wav([room.ms16(440, 500)], 24000));
      const frames = [];
      await room.speakQuestion("/question.wav", (samples) => frames.push([...samples]));
      return frames;
    }""")
    assert len(frames) == 75 and {len(frame) for frame in frames} == {480}
    samples = numpy.concatenate(frames) / 32768
    assert strongest(samples[:12_000], RATE) == pytest.approx(440, abs=2)
    assert not samples[12_000:].any()
