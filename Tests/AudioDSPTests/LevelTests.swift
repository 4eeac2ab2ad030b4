import AudioDSP
import Foundation
import Testing

@Suite struct LevelTests {
    @Test("a level is the mean power in dB", arguments: [(0, -100), (0.5, -6.02), (1, 0)] as [(Float, Float)])
    func constant(sample: Float, decibels: Float) {
        #expect(abs(Level.decibels([Float](repeating: sample, count: 512)[...]) - decibels) < 0.01)
    }

    @Test("a sine as loud as can be has −3 dB, no samples are silence")
    func sine() {
        #expect(abs(Level.decibels((0..<512).map { sin(Float($0) * .pi / 8) }[...]) + 3.01) < 0.01)
        #expect(Level.decibels([]) == -100)
    }
}
