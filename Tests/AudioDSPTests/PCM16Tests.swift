import AudioDSP
import Testing

struct PCM16Tests {
    @Test func bytesAreLittleEndian() {
        #expect(PCM16.encode([1, -2, 0x1234]) == [1, 0, 0xFE, 0xFF, 0x34, 0x12])
        #expect(PCM16.decode([1, 0, 0xFE, 0xFF, 0x34, 0x12]) == [1, -2, 0x1234])
    }

    @Test func anOddLastByteIsNoSample() {
        #expect(PCM16.decode([1, 0, 7]) == [1])
        #expect(PCM16.decode([7]).isEmpty)
        #expect(PCM16.decode([UInt8]()).isEmpty)
    }

    @Test func unalignedBytesAreRead() {
        let bytes: [UInt8] = [99, 1, 0, 2, 0]
        #expect(PCM16.decode(bytes[1...]) == [1, 2])
        #expect(PCM16.decode(bytes.dropFirst().lazy.map { $0 }) == [1, 2])
    }

    @Test func floatsAreClampedAndNeverNaN() {
        let samples = PCM16.integers([0, 0.5, -1, 1, 7, -7, .infinity, -.infinity, .nan])
        #expect(samples == [0, 16384, -32768, 32767, 32767, -32768, 32767, -32768, 0])
        let all = (Int(Int16.min)...Int(Int16.max)).map { Int16($0) }
        #expect(PCM16.integers(PCM16.floats(all)) == all)
    }

    @Test func levels() {
        #expect(PCM16.level([Int16]()) == PCM16.silence)
        #expect(PCM16.level([Int16](repeating: 0, count: 9)) == PCM16.silence)
        #expect(PCM16.level([Float.nan]) == PCM16.silence)
        #expect(abs(PCM16.level([Int16.min, Int16.min])) < 0.001)
        #expect(abs(PCM16.level([Float(0.1), -0.1]) + 20) < 0.001)
    }
}
