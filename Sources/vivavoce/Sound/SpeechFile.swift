import AudioDSP
import Foundation

/// Recorded speech, at the wire's rate: 24 kHz, mono.
enum SpeechFile {
    /// The samples of a WAV file.
    ///
    /// - Throws: ``Failure`` naming the file.
    static func samples(in path: String) throws -> [Int16] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure("\(path) cannot be read. Give the path of a WAV file.")
        }
        do {
            let wav = try WAV([UInt8](data))
            return PCM16.integers(try Resampler.convert(PCM16.floats(wav.samples), from: wav.rate, to: 24_000))
        } catch {
            throw Failure("\(path) cannot be read as speech: \(error)")
        }
    }

    static func write(_ samples: [Int16], to path: String) throws {
        do {
            try Data(WAV(samples: samples, rate: 24_000).bytes).write(to: URL(filePath: path))
        } catch {
            throw Failure("\(path) cannot be written: \(error.localizedDescription)")
        }
    }
}
