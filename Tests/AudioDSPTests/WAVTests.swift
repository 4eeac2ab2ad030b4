import AudioDSP
import RealtimeTesting
import Testing

struct WAVTests {
    let samples: [Int16] = [0, 1, -1, 32767, -32768, 12345]

    @Test(arguments: [8_000, 16_000, 22_050, 24_000, 44_100, 48_000])
    func roundTrip(rate: Int) throws {
        let wav = WAV(samples: samples, rate: rate)
        #expect(wav.bytes.count == 44 + 2 * samples.count)
        #expect(try WAV(wav.bytes) == wav)
    }

    @Test func aFileOfUnknownLengthIsReadToItsEnd() throws {
        let bytes = WAV.header(rate: 24_000) + PCM16.encode(samples)
        #expect(try WAV(bytes) == WAV(samples: samples, rate: 24_000))
    }

    @Test func stereoIsAveragedAndOtherChunksAreSkipped() throws {
        var bytes = WAV.header(rate: 16_000, sampleCount: 4)
        bytes[22] = 2
        bytes.insert(contentsOf: Array("LIST".utf8) + [3, 0, 0, 0, 1, 2, 3, 0], at: 36)  // odd, hence padded
        bytes += PCM16.encode([100, 200, -32768, -32768])
        #expect(try WAV(bytes) == WAV(samples: [150, -32768], rate: 16_000))
    }

    @Test func extensibleFormat() throws {
        var bytes = WAV.header(rate: 16_000, sampleCount: 1)
        bytes[20] = 0xFE
        bytes[21] = 0xFF
        bytes[16] = 40
        bytes.insert(contentsOf: [22, 0, 16, 0, 4, 0, 0, 0, 1, 0] + [UInt8](repeating: 0, count: 14), at: 36)
        #expect(try WAV(bytes + [5, 0]).samples == [5])
    }

    @Test func theMessageOfABadFileSaysWhatIsWrong() {
        let good = WAV(samples: samples, rate: 24_000).bytes
        func with(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
            var bytes = good
            change(&bytes)
            return bytes
        }
        let cases: [([UInt8], AudioError.Code, String)] = [
            ([], .malformedFile, "not a WAV file"),
            (Array("RIFF".utf8), .malformedFile, "not a WAV file"),
            (Array("ID3 and much more than twelve".utf8), .malformedFile, "not a WAV file"),
            (Array(good.prefix(12)), .malformedFile, "no data chunk"),
            (Array(good.prefix(30)), .malformedFile, "format chunk of the WAV file has 10 bytes"),
            (Array(good.dropLast(3)), .malformedFile, "promises 12 bytes of audio and has 9"),
            (with { $0.replaceSubrange(12..<16, with: "fmt?".utf8) }, .malformedFile, "before its format chunk"),
            (with { $0.replaceSubrange(24..<28, with: [0, 0, 0, 0]) }, .malformedFile, "sample rate of 0"),
            (with { $0[34] = 24 }, .unsupportedFormat, "PCM of 24 bits"),
            (with { $0[20] = 3 }, .unsupportedFormat, "floating point"),
            (with { $0[20] = 7 }, .unsupportedFormat, "encoding 7"),
            (with { $0[22] = 6 }, .unsupportedFormat, "6 channels"),
        ]
        for (bytes, code, words) in cases {
            let error = #expect(throws: AudioError.self) { try WAV(bytes) }
            #expect(error?.code == code)
            #expect(error?.message.contains(words) == true, "\(error?.message ?? "no error")")
        }
    }

    @Test func randomBytesNeverTrap() {
        var generator = SplitMix64(seed: 20_261_122)
        let good = WAV(samples: samples, rate: 24_000).bytes
        for _ in 0..<5_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            bytes.removeLast(Int.random(in: 0...bytes.count, using: &generator) / 3)
            _ = try? WAV(bytes)
        }
    }
}
