/// The two 8-bit encodings of telephony, ITU-T G.711: one byte a sample, 8 kHz.
///
/// On the wire they are `g711_ulaw` and `g711_alaw` in the preview dialect, `audio/pcmu` and `audio/pcma` in GA.
/// Every byte decodes and every sample encodes, so nothing here can fail.
public enum G711 {
    /// The companding law.
    public enum Law: Sendable, Hashable, CaseIterable {
        /// μ-law (PCMU), 14 bits of range: North America and Japan.
        case mu
        /// A-law (PCMA), 13 bits of range: everywhere else.
        case a
    }

    /// The linear samples of encoded bytes, one each.
    ///
    /// - Returns: as many samples as there are bytes, at most ±32124 (μ-law) or ±32256 (A-law).
    public static func decode(_ bytes: UnsafeRawBufferPointer, _ law: Law) -> [Int16] {
        let table = law == .mu ? Tables.muToLinear : Tables.aToLinear
        return table.withUnsafeBufferPointer { table in
            [Int16](unsafeUninitializedCapacity: bytes.count) { output, count in
                count = bytes.count
                for index in 0..<bytes.count {
                    output.initializeElement(at: index, to: table[Int(bytes[index])])
                }
            }
        }
    }

    /// The linear samples of encoded bytes, one each.
    public static func decode(_ bytes: some Collection<UInt8>, _ law: Law) -> [Int16] {
        bytes.withContiguousStorageIfAvailable { decode(UnsafeRawBufferPointer($0), law) }
            ?? Array(bytes).withUnsafeBytes { decode($0, law) }
    }

    /// The encoded bytes of linear samples, one each.
    ///
    /// Louder samples than the law can express become its loudest.
    public static func encode(_ samples: UnsafeBufferPointer<Int16>, _ law: Law) -> [UInt8] {
        // The tables are indexed by the bits of a sample that the law looks at.
        let table = law == .mu ? Tables.linearToMu : Tables.linearToA
        let ignoredBits = law == .mu ? 2 : 4
        return table.withUnsafeBufferPointer { table in
            [UInt8](unsafeUninitializedCapacity: samples.count) { output, count in
                count = samples.count
                for index in 0..<samples.count {
                    let bits = UInt16(bitPattern: samples[index]) >> ignoredBits
                    output.initializeElement(at: index, to: table[Int(bits)])
                }
            }
        }
    }

    /// The encoded bytes of linear samples, one each.
    public static func encode(_ samples: some Collection<Int16>, _ law: Law) -> [UInt8] {
        samples.withContiguousStorageIfAvailable { encode($0, law) }
            ?? Array(samples).withUnsafeBufferPointer { encode($0, law) }
    }
}

extension G711 {
    private enum Tables {
        static let muToLinear = (0...255).map { expandMu(UInt8($0)) }
        static let aToLinear = (0...255).map { expandA(UInt8($0)) }
        static let linearToMu = (0..<1 << 14).map { compressMu(Int16(bitPattern: UInt16($0) << 2)) }
        static let linearToA = (0..<1 << 12).map { compressA(Int16(bitPattern: UInt16($0) << 4)) }
    }

    /// μ-law: all bits inverted; sign, three bits of segment, four of step; segments start at a bias of 33.
    private static func expandMu(_ byte: UInt8) -> Int16 {
        let bits = ~byte
        let magnitude = ((Int16(bits & 0x0F) << 3) + 0x84) << Int16((bits & 0x70) >> 4) - 0x84
        return bits & 0x80 == 0 ? magnitude : -magnitude
    }

    private static func compressMu(_ sample: Int16) -> UInt8 {
        // One's complement for negative samples, as in the ITU's reference code: it keeps −32768 in range.
        let magnitude = min((Int(sample < 0 ? ~sample : sample) >> 2) + 33, 0x1FFF)
        let segment = Int.bitWidth - 6 - magnitude.leadingZeroBitCount  // 0 for 33...63, 7 for 4096...8191
        let step = (magnitude >> (segment + 1)) & 0x0F
        let bits = UInt8(segment << 4 | step)
        return sample < 0 ? ~(bits | 0x80) : ~bits
    }

    /// A-law: even bits inverted; the sign bit is set for positive samples; the lowest two segments share a step.
    private static func expandA(_ byte: UInt8) -> Int16 {
        let bits = byte ^ 0x55
        let segment = Int16((bits & 0x70) >> 4)
        let step = Int16(bits & 0x0F) << 4 + 8
        let magnitude = segment == 0 ? step : (step + 0x100) << (segment - 1)
        return bits & 0x80 == 0 ? -magnitude : magnitude
    }

    private static func compressA(_ sample: Int16) -> UInt8 {
        let magnitude = Int(sample < 0 ? ~sample : sample) >> 4
        let segment = magnitude < 16 ? 0 : Int.bitWidth - 4 - magnitude.leadingZeroBitCount
        let step = segment < 2 ? magnitude & 0x0F : (magnitude >> (segment - 1)) & 0x0F
        let bits = UInt8(segment << 4 | step)
        return (sample < 0 ? bits : bits | 0x80) ^ 0x55
    }
}
