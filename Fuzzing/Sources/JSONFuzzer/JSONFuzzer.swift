import FuzzSupport

@testable import RealtimeProtocol

/// The JSON reader against the grammar, what was read against itself written and read again, and then each dialect.
@main enum JSONFuzzer {
    static func main() {
        fuzz { input in
            guard let value = read(input) else { return }
            writtenAndReadAgain(value)
            for name in dialects { client(value, name) }
            server(value)
        }
    }

    static let dialects: [Dialect.Name] =
        [.ga, .preview(nil)] + Dialect.PreviewVersion.allCases.map { .preview($0) }

    // MARK: JSON

    private static func read(_ input: UnsafeBufferPointer<UInt8>) -> JSONValue? {
        let grammar = JSONGrammar(Array(input))
        let isReadable = grammar.map { !$0.hasHugeNumber } ?? false
        let depth = grammar?.depth ?? 0
        do {
            let value = try JSONValue(parsing: input)
            expect(isReadable && depth <= 128, "Read what is no JSON: \(value.text)")
            expect(parse(input, deepest: 3) == (depth <= 3), "The limit of levels is not kept")
            return value
        } catch {
            expect((0...input.count).contains(error.offset), "\(error), of \(input.count)")
            expect(!isReadable || depth > 128, "Refused JSON: \(error)")
            return nil
        }
    }

    private static func parse(_ input: UnsafeBufferPointer<UInt8>, deepest: Int) -> Bool {
        do { _ = try JSONValue(parsing: input, deepest: deepest) } catch { return false }
        return true
    }

    private static func writtenAndReadAgain(_ value: JSONValue) {
        let bytes = value.bytes
        expect(JSONGrammar(bytes) != nil, "Wrote what is no JSON: \(value.text)")
        // Bytes, for strings are equal in Swift's eyes that differ in them.
        expect((try? JSONValue(parsing: bytes))?.bytes == bytes, "Not the same again: \(value.text)")
        expect((try? JSONValue(encoding: value))?.bytes == bytes, "Not the same encoded: \(value.text)")
        expect((try? value.decode(JSONValue.self))?.bytes == bytes, "Not the same decoded: \(value.text)")
    }

    // MARK: Events

    private static func client(_ value: JSONValue, _ name: Dialect.Name) {
        var dialect = Dialect(name)
        let event: ClientEvent
        do { event = try dialect.decode(value) } catch {
            expect(!error.message.isEmpty, "An error without words")
            expect(error.eventID == value["event_id"]?.string, "An error about another event")
            return
        }
        guard let written = try? JSONValue(encoding: event) else { return expect(false, "Not written: \(event)") }
        do {
            var dialect = Dialect(name)
            let again = try dialect.decode(written)
            expect(again == event, "\(name): \(event) came back as \(again), written as \(written.text)")
        } catch {
            expect(false, "\(name): \(error) in what was written: \(written.text)")
        }
    }

    private static func server(_ value: JSONValue) {
        guard let event = try? value.decode(ServerEvent.self) else { return }
        guard let written = try? JSONValue(encoding: event) else { return expect(false, "Not written: \(event)") }
        expect((try? written.decode(ServerEvent.self)) == event, "\(event) is not the same written: \(written.text)")
        for name in dialects {
            guard let message = Dialect(name).encode(event) else { continue }
            expect((try? JSONValue(parsing: message.bytes)) == message, "Not the same: \(message.text)")
        }
    }
}
