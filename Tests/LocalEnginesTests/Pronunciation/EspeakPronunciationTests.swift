import SpeechEngines
import Testing

@testable import LocalEngines

/// Voices of other languages are told what to say by `espeak-ng`, which set-up installs.
@Suite struct EspeakPronunciationTests {
    @Test(
        "other languages are pronounced as they are there",
        arguments: [("de", "Guten Tag!", "ɡˈuːtən tˈɑːk!"), ("it", "Buongiorno.", "bʊondʒˈɔrno.")])
    func pronounces(language: String, text: String, phonemes: String) throws {
        #expect(try EspeakPronunciation(language: language).phonemes(text) == phonemes)
    }

    @Test("what cannot be said is nothing", arguments: ["", "  ", "\u{0}"])
    func nothing(text: String) throws {
        #expect(try EspeakPronunciation(language: "de").phonemes(text).contains(where: \.isLetter) == false)
    }

    @Test("without the program the error says what to install")
    func missing() {
        let error = #expect(throws: EngineError.self) { try EspeakPronunciation(language: "de", path: "/nowhere") }
        #expect(error?.message.contains("apt-get install espeak-ng") == true)
    }

    @Test("a language that espeak-ng does not know is named")
    func unknown() {
        let error = #expect(throws: EngineError.self) {
            try EspeakPronunciation(language: "nowhere").phonemes("Hello.")
        }
        #expect(error?.message.contains("'nowhere'") == true)
    }
}
