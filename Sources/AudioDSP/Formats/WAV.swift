/// A mono recording of 16-bit samples, read from or written to a RIFF/WAVE file.
public struct WAV: Equatable, Sendable {
    /// The samples, one channel.
    public var samples: [Int16]
    /// Samples a second.
    public var rate: Int

    /// A recording of `samples` at `rate` samples a second.
    public init(samples: [Int16], rate: Int) {
        self.samples = samples
        self.rate = rate
    }

    /// Reads a file: PCM of 16 bits, one channel or two (which are averaged), any rate.
    ///
    /// Chunks other than `fmt ` and `data` are skipped. A `data` chunk of the size 0xFFFFFFFF, which programs write
    /// that do not know the length yet, lasts to the end of the file.
    ///
    /// - Throws: ``AudioError`` with ``AudioError/Code/malformedFile`` or ``AudioError/Code/unsupportedFormat``.
    public init(_ bytes: some Collection<UInt8>) throws {
        self = try Array(bytes).withUnsafeBytes { try WAV(file: $0) }
    }

    /// The bytes of the file: a header of 44 bytes and the samples.
    public var bytes: [UInt8] {
        WAV.header(rate: rate, sampleCount: samples.count) + PCM16.encode(samples)
    }

    /// The 44 bytes that open a mono file of 16-bit samples; the samples follow as little-endian bytes.
    ///
    /// - Parameters:
    ///   - rate: samples a second.
    ///   - sampleCount: how many follow, or `nil` while that is not known; once it is, write the header again over
    ///     the first. A file left with the first is still read to its end by ``init(_:)``.
    public static func header(rate: Int, sampleCount: Int? = nil) -> [UInt8] {
        let data = sampleCount.map { UInt32(clamping: $0 * 2) } ?? .max
        func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
            withUnsafeBytes(of: value.littleEndian) { Array($0) }
        }
        var header: [UInt8] = []
        header += Array("RIFF".utf8) + little(UInt32(clamping: UInt64(data) + 36)) + Array("WAVE".utf8)
        header += Array("fmt ".utf8) + little(UInt32(16)) + little(UInt16(1)) + little(UInt16(1))
        header += little(UInt32(clamping: rate)) + little(UInt32(clamping: rate * 2))
        header += little(UInt16(2)) + little(UInt16(16))
        header += Array("data".utf8) + little(data)
        return header
    }
}

extension WAV {
    fileprivate struct Format {
        let channels: Int
        let rate: Int
    }

    private init(file: UnsafeRawBufferPointer) throws {
        guard file.count >= 12, file.tag(at: 0) == "RIFF", file.tag(at: 8) == "WAVE" else {
            throw AudioError(.malformedFile, "This is not a WAV file: it does not begin with RIFF and WAVE.")
        }
        var format: Format?
        var offset = 12
        while offset + 8 <= file.count {
            let tag = file.tag(at: offset)
            let size = Int(file.integer(UInt32.self, at: offset + 4))
            let rest = file.count - offset - 8
            let body = UnsafeRawBufferPointer(rebasing: file[(offset + 8)...].prefix(size))
            switch tag {
            case "fmt ":
                format = try Format(chunk: body)
            case "data":
                guard let format else {
                    throw AudioError(.malformedFile, "The WAV file has its data chunk before its format chunk.")
                }
                guard size <= rest || size == UInt32.max else {
                    throw AudioError(
                        .malformedFile, "The WAV file is cut short: it promises \(size) bytes of audio and has \(rest)."
                    )
                }
                self.init(samples: WAV.mono(PCM16.decode(body), channels: format.channels), rate: format.rate)
                return
            default:
                break
            }
            offset += 8 + size + size % 2  // chunks are padded to even lengths
        }
        throw AudioError(.malformedFile, "The WAV file has no data chunk.")
    }

    private static func mono(_ samples: [Int16], channels: Int) -> [Int16] {
        guard channels == 2 else { return samples }
        return (0..<samples.count / 2).map { Int16((Int(samples[2 * $0]) + Int(samples[2 * $0 + 1])) / 2) }
    }
}

extension WAV.Format {
    fileprivate init(chunk: UnsafeRawBufferPointer) throws {
        guard chunk.count >= 16 else {
            throw AudioError(.malformedFile, "The format chunk of the WAV file has \(chunk.count) bytes instead of 16.")
        }
        var encoding = chunk.integer(UInt16.self, at: 0)
        if encoding == 0xFFFE, chunk.count >= 26 {  // WAVE_FORMAT_EXTENSIBLE: the encoding opens the sub-format's GUID
            encoding = chunk.integer(UInt16.self, at: 24)
        }
        let bits = chunk.integer(UInt16.self, at: 14)
        guard encoding == 1, bits == 16 else {
            let name = encoding == 1 ? "PCM" : encoding == 3 ? "floating point" : "encoding \(encoding)"
            throw AudioError(
                .unsupportedFormat,
                "The WAV file holds \(name) of \(bits) bits; only PCM of 16 bits is read. Convert it, for example with"
                    + " `ffmpeg -i in.wav -c:a pcm_s16le out.wav`.")
        }
        channels = Int(chunk.integer(UInt16.self, at: 2))
        guard channels == 1 || channels == 2 else {
            throw AudioError(
                .unsupportedFormat,
                "The WAV file has \(channels) channels; one or two are read. Convert it, for example with"
                    + " `ffmpeg -i in.wav -ac 1 out.wav`.")
        }
        rate = Int(chunk.integer(UInt32.self, at: 4))
        guard rate > 0 else { throw AudioError(.malformedFile, "The WAV file gives a sample rate of 0.") }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func integer<Value: FixedWidthInteger>(_: Value.Type, at offset: Int) -> Value {
        Value(littleEndian: loadUnaligned(fromByteOffset: offset, as: Value.self))
    }

    fileprivate func tag(at offset: Int) -> String {
        String(decoding: self[offset..<offset + 4], as: UTF8.self)
    }
}
