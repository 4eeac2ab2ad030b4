import Foundation

/// A WAV file as the Realtime API speaks: 24 kHz, mono, 16 bits.
public struct WAVFile {
    /// What is wrong with a file.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// The samples, little endian.
    public var audio: [UInt8]

    public init(audio: [UInt8]) { self.audio = audio }

    /// Reads a file; `sox in.wav -r 24000 -c 1 -b 16 out.wav` makes one that fits.
    public init(path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(description: "\(path) cannot be read.")
        }
        let bytes = [UInt8](data)
        func number(at offset: Int, _ size: Int) -> Int {
            (0..<size).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
        }
        guard bytes.count >= 44, bytes.starts(with: Array("RIFF".utf8)) else {
            throw Failure(description: "\(path) is no WAV file.")
        }
        var offset = 12
        var isFitting = false
        while offset + 8 <= bytes.count {
            let name = String(decoding: bytes[offset..<offset + 4], as: UTF8.self)
            let end = min(offset + 8 + number(at: offset + 4, 4), bytes.count)
            if name == "fmt ", end - offset >= 24 {
                let (channels, rate, bits) = (
                    number(at: offset + 10, 2), number(at: offset + 12, 4), number(at: offset + 22, 2)
                )
                isFitting = channels == 1 && rate == 24_000 && bits == 16
            } else if name == "data", isFitting {
                audio = Array(bytes[offset + 8..<end])
                return
            }
            offset = end + end % 2
        }
        throw Failure(
            description: "\(path) is not of 24 kHz, mono, 16 bits. Convert it: sox in.wav -r 24000 -c 1 -b 16 out.wav")
    }

    public func write(to path: String) throws {
        func little(_ value: Int, _ size: Int) -> [UInt8] {
            (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        var header = Array("RIFF".utf8) + little(36 + audio.count, 4) + Array("WAVEfmt ".utf8) + little(16, 4)
        header += little(1, 2) + little(1, 2) + little(24_000, 4) + little(48_000, 4) + little(2, 2) + little(16, 2)
        header += Array("data".utf8) + little(audio.count, 4)
        try Data(header + audio).write(to: URL(filePath: path))
    }
}
