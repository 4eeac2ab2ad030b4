import AudioDSP
import Testing

struct G711Tests {
    /// Values of the ITU's tables (G.711 tables 1a to 2b), scaled to 16 bits.
    @Test(
        arguments: [
            (G711.Law.mu, 0xFF, 0), (.mu, 0x7F, 0), (.mu, 0xFE, 8), (.mu, 0x7E, -8), (.mu, 0xEF, 132), (.mu, 0xDF, 396),
            (.mu, 0xCF, 924), (.mu, 0xBF, 1980), (.mu, 0xAF, 4092), (.mu, 0x9F, 8316), (.mu, 0x8F, 16764),
            (.mu, 0x80, 32124), (.mu, 0x00, -32124), (.mu, 0x0F, -16764),
            (.a, 0xD5, 8), (.a, 0x55, -8), (.a, 0xD4, 24), (.a, 0xC5, 264), (.a, 0xF5, 528), (.a, 0xE5, 1056),
            (.a, 0x95, 2112), (.a, 0x85, 4224), (.a, 0xB5, 8448), (.a, 0xA5, 16896), (.a, 0xAA, 32256),
            (.a, 0x2A, -32256),
        ] as [(G711.Law, UInt8, Int16)])
    func decodesKnownValues(law: G711.Law, byte: UInt8, sample: Int16) {
        #expect(G711.decode([byte], law) == [sample])
    }

    @Test(arguments: G711.Law.allCases)
    func everyByteSurvivesARoundTrip(law: G711.Law) {
        let bytes = (0...255).map { UInt8($0) }
        let expected = bytes.map { law == .mu && $0 == 0x7F ? 0xFF : $0 }  // μ-law has a negative zero
        #expect(G711.encode(G711.decode(bytes, law), law) == expected)
    }

    @Test(arguments: G711.Law.allCases)
    func everySampleStaysWithinHalfAStep(law: G711.Law) {
        let samples = (Int(Int16.min)...Int(Int16.max)).map { Int16($0) }
        let decoded = G711.decode(G711.encode(samples, law), law)
        // A step is a sixteenth of its segment, and segments double; μ-law's begin at a bias of 132.
        let wrong = zip(samples, decoded).filter { sample, decoded in
            let magnitude = abs(Int(sample))
            let half = law == .mu ? (magnitude + 132) / 32 : max(8, magnitude / 32)
            return abs(Int(decoded) - Int(sample)) > half + 1
        }
        #expect(wrong.isEmpty)
        #expect(zip(decoded, decoded.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test func emptyStaysEmpty() {
        #expect(G711.decode([], .mu).isEmpty)
        #expect(G711.encode([], .a).isEmpty)
    }
}
