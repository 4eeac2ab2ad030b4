import Foundation
import RealtimeTesting
import Testing

@testable import RealtimeProtocol

@Suite struct JSONTests {
    static let readable: [(String, JSONValue)] = [
        ("null", nil), (" true ", true), ("-0", 0), ("12", 12), ("1.5e2", .number(150)), (#""""#, ""),
        (#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#, "a\"\\/\u{08}\u{0C}\n\r\té😀"),
        (#""\ud83d""#, "\u{FFFD}"), (#""\ud83dx""#, "\u{FFFD}x"), ("[]", []), ("[1, [2]]", [1, [2]]), ("{}", [:]),
        (#"{"a": {"b": [null]}, "c":1}"#, ["a": ["b": [nil]], "c": 1]),
        ("9223372036854775808", .number(9_223_372_036_854_775_808)),
    ]

    @Test("what is JSON is read", arguments: readable)
    func reads(text: String, value: JSONValue) throws { #expect(try JSONValue(parsing: text) == value) }

    @Test(
        "what is none is refused with its place",
        arguments: [
            "", " ", "{", "[1,", "{\"a\"}", "{\"a\":}", "{a:1}", "[1 2]", "01", "1.", "-", "+1", ".5", "1e", "1e999",
            "tru",
            "\"", "\"\\x\"", "\"\\u12\"", "\"\\u+123\"", "\"\\u-000\"", "\"\n\"", "[]]", "1 2", "nul", "{\"a\":1,}",
            "[1,]",
            String(repeating: "[", count: 200),
        ])
    func refuses(text: String) { #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: text) } }

    @Test("of members with one name the last counts")
    func lastCounts() throws { #expect(try JSONValue(parsing: #"{"a":1,"a":2}"#)["a"] == 2) }

    @Test("what is written is read back the same, and any bytes are read without a trap", arguments: 0..<50)
    func anything(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        for _ in 0..<50 {
            let value = Self.value(&random, depth: 4)
            #expect(try JSONValue(parsing: value.bytes) == value)
            var broken = value.bytes
            for _ in 0..<3 where !broken.isEmpty {
                broken[Int(random.next() % UInt64(broken.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            _ = try? JSONValue(parsing: broken)
            broken.withUnsafeBufferPointer { _ = AudioAppendScanner($0) }
        }
    }

    private static func value(_ random: inout SplitMix64, depth: Int) -> JSONValue {
        func text() -> String {
            String(
                (0..<Int(random.next() % 8)).map { _ in
                    Character(Unicode.Scalar(UInt32(random.next() % 0xD7FF)) ?? "x")
                })
        }
        switch random.next() % (depth > 0 ? 7 : 5) {
        case 0: return .null
        case 1: return .bool(random.next() % 2 == 0)
        case 2: return .integer(Int(truncatingIfNeeded: random.next()))
        case 3: return .number(Double(Int(random.next() % 2_000_000)) / 64 + 0.001)
        case 4: return .string(text())
        case 5: return .array((0..<Int(random.next() % 4)).map { _ in value(&random, depth: depth - 1) })
        default:
            return .object(
                JSONObject(
                    (0..<Int(random.next() % 4)).map {
                        .init(name: "\($0)" + text(), value: value(&random, depth: depth - 1))
                    }))
        }
    }
}

@Suite struct Base64Tests {
    @Test("agrees with Foundation, with and without padding", arguments: 0..<64)
    func agrees(count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
        let text = Base64.encode(bytes)
        #expect(text == Data(bytes).base64EncodedString())
        #expect(Base64.decode(text.utf8) == bytes)
        #expect(Base64.decode(text.utf8.filter { $0 != UInt8(ascii: "=") }) == bytes)
    }

    @Test("refuses what is none", arguments: ["!", "A", "AA=A", "AAAA=", "AA AA", "ÄÄÄÄ", "====", "AAA-"])
    func refuses(text: String) { #expect(Base64.decode(text.utf8) == nil) }
}

@Suite struct AudioAppendScannerTests {
    @Test(
        "finds the audio of the plain form",
        arguments: [
            (#"{"type":"input_audio_buffer.append","audio":"QUJD"}"#, nil),
            (#" { "audio" : "QUJD" , "event_id":"e7", "type":"input_audio_buffer.append" } "#, "e7"),
        ] as [(String, String?)])
    func plain(text: String, eventID: String?) {
        let bytes = Array(text.utf8)
        let found = bytes.withUnsafeBufferPointer { AudioAppendScanner($0) }
        #expect(found.map { String(decoding: bytes[$0.audio], as: UTF8.self) } == "QUJD")
        #expect(found?.eventID == eventID)
    }

    @Test(
        "leaves anything else to the general way",
        arguments: [
            #"{"type":"input_audio_buffer.commit"}"#, #"{"type":"input_audio_buffer.append"}"#,
            #"{"type":"input_audio_buffer.append","audio":7}"#,
            #"{"type":"input_audio_buffer.append","audio":"A\u0041"}"#,
            #"{"type":"input_audio_buffer.append","audio":"AA","x":"y"}"#,
            #"{"type":"input_audio_buffer.append","audio":"AA""#,
            #"{"type":"input_audio_buffer.append","audio":"AA"}x"#, "", "{", "{}",
            "{\u{0B}\"type\":\"input_audio_buffer.append\",\"audio\":\"AA\"}",
            "{\"type\":\"input_audio_buffer.append\",\"audio\":\"AA\"}\u{0C}",
            #"{"type":"input_audio_buffer.append","audio":"AA","audio":"BB"}"#,
        ])
    func other(text: String) {
        Array(text.utf8).withUnsafeBufferPointer { #expect(AudioAppendScanner($0) == nil) }
    }
}
