import Foundation
import LibFuzzer

nonisolated(unsafe) private var test: (UnsafeBufferPointer<UInt8>) -> Void = { _ in }

/// Hands the process to libFuzzer, which calls `body` with one input after another. What it finds is a trap.
public func fuzz(_ body: @escaping (_ input: UnsafeBufferPointer<UInt8>) -> Void) -> Never {
    test = body
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    let status = LLVMFuzzerRunDriver(&count, &arguments) { data, count in
        test(UnsafeBufferPointer(start: data, count: count))
        return 0
    }
    exit(status)
}

/// Stops at what must not be.
@inline(__always)
public func expect(
    _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #file, line: UInt = #line
) {
    if !condition { fatalError(message(), file: file, line: line) }
}

extension UnsafeBufferPointer<UInt8> {
    /// The bytes, cut into pieces as a network might: all in one, each alone, or by chance; `seed` says how.
    public func pieces(seed: UInt8) -> [UnsafeBufferPointer<UInt8>] {
        guard seed > 0, count > 0 else { return [self] }
        var pieces: [UnsafeBufferPointer<UInt8>] = []
        var state = UInt64(seed)
        var start = 0
        while start < count {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let length = seed == 1 ? 1 : 1 + Int(state >> 40) % (seed % 2 == 0 ? 8 : 64)
            let end = Swift.min(count, start + length)
            pieces.append(UnsafeBufferPointer(rebasing: self[start..<end]))
            start = end
        }
        return pieces
    }
}
