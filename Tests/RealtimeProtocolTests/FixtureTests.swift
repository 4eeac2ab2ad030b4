import CustomDump
import Foundation
import Testing

@testable import RealtimeProtocol

/// Sample events of the wire, one file each, as the reference gives them (protocol.md J).
enum Fixtures {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    static func names(_ dialect: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: dialect).path)) ?? []
        return files.sorted().map { "\(dialect)/\($0)" }
    }

    static func event(_ name: String) throws -> JSONValue {
        try JSONValue(parsing: [UInt8](Data(contentsOf: folder.appending(path: name))))
    }

    static func lines(_ name: String) -> [String] {
        let text = (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }
}

extension JSONValue {
    /// Comparable whatever the order of members and however a whole number is written.
    var canonical: JSONValue {
        switch self {
        case .object(let object):
            .object(
                JSONObject(
                    object.members.map { .init(name: $0.name, value: $0.value.canonical) }.sorted { $0.name < $1.name })
            )
        case .array(let elements): .array(elements.map(\.canonical))
        case .number(let number): Int(exactly: number).map(JSONValue.integer) ?? self
        default: self
        }
    }

    var withoutEventID: JSONValue {
        guard case .object(var object) = self else { return self }
        object["event_id"] = nil
        return .object(object)
    }
}

@Suite struct FixtureTests {
    @Test("each GA event is read and written back the same", arguments: Fixtures.names("ga"))
    func roundTrip(name: String) throws {
        let event = try Fixtures.event(name)
        let read = try event.decode(ServerEvent.self)
        let written = try JSONValue(encoding: read)
        expectNoDifference(written.canonical, event.canonical)
        #expect(written.object?.members.first?.name == "type")
    }

    @Test("each type of event has a sample", arguments: ServerEvent.Kind.allCases)
    func sample(kind: ServerEvent.Kind) {
        #expect(Fixtures.names("ga").contains("ga/\(kind.rawValue).json"))
    }

    @Test("each preview event is a GA event in the preview's shape", arguments: Fixtures.names("preview"))
    func preview(name: String) throws {
        let dialect = Dialect(.preview(.april2025))
        let wanted = try Fixtures.event(name).withoutEventID.canonical
        let made = try Fixtures.names("ga").compactMap {
            dialect.encode(try Fixtures.event($0).decode(ServerEvent.self))?.withoutEventID.canonical
        }
        let type = wanted["type"]
        #expect(made.contains(wanted), "made of \(made.filter { $0["type"] == type }.map(\.text))")
    }

    @Test("the first preview sends nothing outside its closed list (protocol.md E.1)", arguments: Fixtures.names("ga"))
    func closedList(name: String) throws {
        let event = try Fixtures.event(name).decode(ServerEvent.self)
        guard let message = Dialect(.preview(.october2024)).encode(event), let type = message["type"]?.string else {
            return
        }
        // An item is retrieved only by a client that knows the answer; a transcription session is of a later version.
        #expect(
            Self.known.contains(type) || type == "conversation.item.retrieved"
                || type.hasPrefix("transcription_session."))
    }

    private static let known: Set<String> = [
        "error", "session.created", "session.updated", "input_audio_buffer.committed", "input_audio_buffer.cleared",
        "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped", "conversation.item.created",
        "conversation.item.truncated", "conversation.item.deleted",
        "conversation.item.input_audio_transcription.completed",
        "conversation.item.input_audio_transcription.failed", "response.created", "response.done",
        "response.output_item.added", "response.output_item.done", "response.content_part.added",
        "response.content_part.done", "response.text.delta", "response.text.done", "response.audio_transcript.delta",
        "response.audio_transcript.done", "response.audio.delta", "response.audio.done",
        "response.function_call_arguments.delta", "response.function_call_arguments.done", "rate_limits.updated",
    ]

    @Test("each GA client event is understood", arguments: Fixtures.lines("client/ga.jsonl"))
    func clientGA(line: String) throws {
        var dialect = Dialect(.ga)
        let event = try dialect.decode(try JSONValue(parsing: line))
        // What a client writes is what a server reads.
        var again = Dialect(.ga)
        let second = try again.decode(try JSONValue(encoding: event))
        expectNoDifference(second, event)
    }

    @Test(
        "each preview client event is understood",
        arguments: Fixtures.lines("client/preview.jsonl") + Fixtures.lines("client/ga.jsonl"))
    func clientPreview(line: String) throws {
        var dialect = Dialect(.preview(nil))
        guard
            try JSONValue(parsing: line)["type"].map({
                $0 != "session.close" && $0 != "session.input_audio_buffer.append"
            })
                == true
        else { return }  // of translation sessions, which came with GA
        _ = try dialect.decode(try JSONValue(parsing: line))
    }
}
