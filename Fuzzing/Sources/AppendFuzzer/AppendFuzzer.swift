import Foundation
import FuzzSupport

@testable import RealtimeProtocol

/// ``AudioAppendScanner`` against the general way, and ``Base64`` against a slow decoder and Foundation's.
@main enum AppendFuzzer {
    static func main() {
        fuzz { input in
            base64(Array(input))
            guard let found = AudioAppendScanner(input) else { return }
            expect(found.audio.lowerBound >= 0 && found.audio.upperBound <= input.count, "Audio outside the message")
            let audio = input[found.audio]
            base64(Array(audio))
            sameAsTheGeneralWay(input, found, String(decoding: audio, as: UTF8.self))
        }
    }

    private static func sameAsTheGeneralWay(
        _ input: UnsafeBufferPointer<UInt8>, _ found: AudioAppendScanner, _ audio: String
    ) {
        guard let value = try? JSONValue(parsing: input) else { return expect(false, "Found audio in what is no JSON") }
        expect(value["type"] == "input_audio_buffer.append", "Another type")
        expect(value["event_id"]?.string == found.eventID, "Another event_id")
        expect(value["audio"]?.string == audio, "Other audio")
        let event = ClientEvent(eventID: found.eventID, .inputAudioBufferAppend(InputAudioBufferAppend(audio: audio)))
        for name in [Dialect.Name.ga, .preview(nil), .preview(.october2024)] {
            var dialect = Dialect(name)
            expect((try? dialect.decode(value)) == event, "Another event in \(name)")
        }
    }

    private static func base64(_ text: [UInt8]) {
        let bytes = Base64.decode(text)
        expect(bytes == slowly(text), "Base64 decoded otherwise")
        expect(Base64.decode(AnyCollection(text)) == bytes, "A collection without storage decoded otherwise")
        // Foundation reads some of what is malformed, `AA=A` for one.
        if let bytes, let data = Data(base64Encoded: Data(text)) {
            expect(bytes == [UInt8](data), "Not what Foundation says")
        }
        let encoded = Base64.encode(text)
        expect(encoded == Data(text).base64EncodedString(), "Base64 encoded otherwise")
        expect(Base64.decode(encoded.utf8) == text, "Base64 does not come back")
    }

    /// RFC 4648, section 4, bit by bit; padding may be missing, bits left over do not matter.
    private static func slowly(_ text: [UInt8]) -> [UInt8]? {
        var characters = text[...]
        if text.count % 4 == 0 {
            for _ in 0..<2 where characters.last == UInt8(ascii: "=") { characters.removeLast() }
        }
        guard characters.count % 4 != 1 else { return nil }
        var (bits, width, bytes) = (0, 0, [UInt8]())
        for character in characters {
            switch character {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): bits = bits << 6 | Int(character - UInt8(ascii: "A"))
            case UInt8(ascii: "a")...UInt8(ascii: "z"): bits = bits << 6 | Int(character - UInt8(ascii: "a")) + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): bits = bits << 6 | Int(character - UInt8(ascii: "0")) + 52
            case UInt8(ascii: "+"): bits = bits << 6 | 62
            case UInt8(ascii: "/"): bits = bits << 6 | 63
            default: return nil
            }
            width += 6
            if width >= 8 {
                width -= 8
                bytes.append(UInt8(bits >> width))
                bits &= 1 << width - 1
            }
        }
        return bytes
    }
}
