import AudioDSP
import Foundation

/// Where speech comes from: 24 kHz samples in pieces, as they are spoken.
enum Microphone {
    typealias Samples = AsyncThrowingStream<[Int16], any Error>

    /// Samples in a piece: 40 ms.
    static let piece = 960

    /// The system's microphone.
    ///
    /// - Throws: ``Failure`` that says what to install or to use instead.
    static func system() throws -> Samples {
        guard let command = SystemSound.first(of: SystemSound.recorders) else {
            throw Failure(
                "There is no program here that records. Install alsa-utils (arecord) or sox, or give --input with a WAV "
                    + "file, or - for raw 24 kHz samples from another program.")
        }
        let process = SystemSound.process(command)
        let (output, complaint) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = complaint
        do {
            try process.run()
        } catch {
            throw Failure("\(command[0]) does not start: \(error.localizedDescription)")
        }
        return samples(from: output.fileHandleForReading) { heard in
            guard heard == 0 else { return nil }
            process.waitUntilExit()
            let data = (try? complaint.fileHandleForReading.readToEnd()) ?? Data()
            let said = String(decoding: data, as: UTF8.self).split(separator: "\n").last ?? ""
            return Failure(
                "There is no microphone: \(command[0]) ended at once (\(said)). Give --input with a WAV file, or - for raw "
                    + "24 kHz samples from another program.")
        } atEnd: {
            if process.isRunning { process.terminate() }
        }
    }

    /// Raw samples, 16 bits, little endian, 24 kHz, mono, as they arrive.
    static func standardInput() -> Samples { samples(from: .standardInput) {} }

    /// Recorded speech at the pace at which it was spoken, and silence after it, for ever.
    static func recording(_ samples: [Int16]) -> Samples {
        Samples { continuation in
            let task = Task {
                let start = ContinuousClock.now
                var position = 0
                while !Task.isCancelled {
                    let end = min(position + piece, samples.count)
                    let spoken = position < end ? Array(samples[position..<end]) : []
                    continuation.yield(spoken + [Int16](repeating: 0, count: piece - spoken.count))
                    position += piece
                    try? await Task.sleep(until: start + .seconds(Double(position) / 24_000))
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    /// - Parameters:
    ///   - failure: why it ended after so many bytes, if that was no end.
    ///   - atEnd: what to do when nobody listens any more.
    private static func samples(
        from file: FileHandle, failure: @escaping @Sendable (Int) -> Failure? = { _ in nil },
        atEnd: @escaping @Sendable () -> Void
    ) -> Samples {
        Samples { continuation in
            // Reading blocks, so it has a thread of its own.
            let thread = Thread {
                var odd: [UInt8] = []
                var heard = 0
                while let data = try? file.read(upToCount: 2 * piece), !data.isEmpty {
                    heard += data.count
                    let bytes = odd + data
                    odd = bytes.count % 2 == 0 ? [] : [bytes[bytes.count - 1]]
                    continuation.yield(PCM16.decode(Array(bytes.prefix(bytes.count - odd.count))))
                }
                continuation.finish(throwing: failure(heard))
            }
            thread.start()
            continuation.onTermination = { _ in atEnd() }
        }
    }
}
