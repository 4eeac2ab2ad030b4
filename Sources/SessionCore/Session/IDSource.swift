/// Where a session's identifiers come from: seeded, so that a replayed session mints the same ones.
struct IDSource: Sendable {
    private var state: UInt64
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

    init(seed: UInt64) { state = seed }

    /// An identifier of the wire's shape (protocol.md A.8): a prefix and 21 characters, 16 for a call.
    mutating func next(_ prefix: String) -> String {
        var bytes = Array(prefix.utf8)
        for _ in 0..<(prefix == "call_" ? 16 : 21) { bytes.append(Self.alphabet[Int(random() % 62)]) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A seed for a language model's sampling.
    mutating func seed() -> UInt64 { random() }

    /// SplitMix64.
    private mutating func random() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
