import Foundation
import Testing

@testable import RealtimeServer

/// Whatever comes, the verifier neither stops the process nor lets it in.
@Suite struct RandomTokenTests {
    /// The same numbers for the same seed (SplitMix64).
    struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    static let seed = ProcessInfo.processInfo.environment["TOKEN_SEED"].flatMap(UInt64.init) ?? .random(in: 0...(.max))

    @Test func acceptsNoneOf2000() async throws {
        print("TOKEN_SEED=\(Self.seed)")
        var numbers = Numbers(state: Self.seed)
        let bench = try Bench()
        let good = [try bench.token().signed, try bench.token(bench.keys[1], "ES256").signed]
        for token in good { #expect(await bench.refusal(of: token) == nil) }
        for index in 0..<2000 {
            guard let start = good.randomElement(using: &numbers) else { return }
            let token =
                switch index % 4 {
                case 0: Self.garbage(&numbers)
                case 1: try Self.forgery(bench, &numbers)
                default: Self.mutation(of: start, &numbers)
                }
            if good.contains(token) { continue }
            let refusal = await bench.refusal(of: token)
            #expect(refusal?.status == 401, "TOKEN_SEED=\(Self.seed), number \(index): \(token)")
        }
    }

    private static func garbage(_ numbers: inout Numbers) -> String {
        let alphabets = ["ABCxyz019-_.", "{}[]\",:.eyJ", "\u{0}\u{7F}é\u{1F600}.\n"].map(Array.init)
        guard let alphabet = alphabets.randomElement(using: &numbers) else { return "" }
        let count = Int.random(in: 0...300, using: &numbers)
        return String((0..<count).compactMap { _ in alphabet.randomElement(using: &numbers) })
    }

    /// Well-formed, with odd claims, signed by nobody.
    private static func forgery(_ bench: Bench, _ numbers: inout Numbers) throws -> String {
        let values: [JSON] = [
            .null, true, 0, -1, 1e308, -1e308, 9_223_372_036_854_775_807, "", "x", [], [.null], ["a", 1], [:],
            ["a": [[]]],
        ]
        var token = try bench.token()
        for _ in 0..<Int.random(in: 0...4, using: &numbers) {
            guard let value = values.randomElement(using: &numbers) else { continue }
            if Bool.random(using: &numbers) {
                token.claims[token.claims.keys.sorted().randomElement(using: &numbers) ?? "x"] = value
            } else {
                token.header[["alg", "kid", "typ", "crit", "x"].randomElement(using: &numbers) ?? "x"] = value
            }
        }
        let parts = try [JSON.object(token.header), .object(token.claims)].map { try $0.data.base64URL }
        let signature = (0..<256).map { _ in UInt8.random(in: 0...255, using: &numbers) }
        return (parts + [Data(signature).base64URL]).joined(separator: ".")
    }

    /// A good token with some bytes changed, taken out, put in or cut off.
    private static func mutation(of token: String, _ numbers: inout Numbers) -> String {
        var bytes = Array(token.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &numbers) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &numbers)
            switch Int.random(in: 0..<5, using: &numbers) {
            case 0: bytes[place] = UInt8.random(in: 0...127, using: &numbers)
            case 1: bytes[place] ^= 1
            case 2: bytes.remove(at: place)
            case 3: bytes.insert(UInt8.random(in: 0x2D...0x7A, using: &numbers), at: place)
            default: bytes.removeSubrange(place...)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
