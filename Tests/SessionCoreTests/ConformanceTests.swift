import CustomDump
import Foundation
import RealtimeProtocol
import Testing

/// What of the API is there, event by event, error by error and row by row of the checklist, each with what shows it.
/// The page docs/compatibility.md is written from it: `UPDATE_GOLDEN=1 make test`.
@Suite struct ConformanceTests {
    private static let root: URL = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let fixtures = root.appending(path: "Tests/RealtimeProtocolTests/Fixtures")
    private static let dialects = [("ga", Dialect(.ga)), ("preview", Dialect(.preview(.april2025)))]

    /// The golden transcripts: the scenario's name, its dialect and its lines.
    private static let transcripts: [(name: String, dialect: String, lines: [Substring])] =
        TranscriptTests.files.compactMap { file in
            let parts = file.split(separator: ".").map(String.init)
            guard let text = try? String(contentsOf: TranscriptTests.folder.appending(path: file), encoding: .utf8)
            else { return nil }
            return (parts[0], parts[1], text.split(separator: "\n"))
        }

    private static func scenarios(_ dialect: String, with mark: String, _ type: String) -> [String] {
        transcripts.filter { scenario in
            scenario.dialect == dialect
                && scenario.lines.contains {
                    $0.hasPrefix("\(mark) {\"type\":\"\(type)\"") || $0.hasPrefix("\(mark) \(type) ")
                        || (type == "input_audio_buffer.append" && $0.hasPrefix("~ voice"))
                }
        }.map(\.name)
    }

    /// An event of one dialect and what shows that it is there.
    struct Row: CustomTestStringConvertible, Sendable {
        var type: String
        var dialect: String
        var isOfServer: Bool
        var scenarios: [String]
        var hasFixture: Bool
        /// Why no scenario has it.
        var note: String?
        var testDescription: String { "\(type), \(dialect)" }
    }

    // MARK: Events

    private static let transports = "of WebRTC and SIP"
    private static let servers = "of MCP servers"
    private static let translation = "of translation sessions"

    /// Events that are declared, so that a client of another service can read them, and that this server never sends.
    static let notSent: [ServerEvent.Kind: String] = [
        .conversationCreated: "in documents only: no service sends it",
        .inputAudioTranscriptionSegment: "of recognizers that tell speakers apart",
        .inputAudioBufferDTMFEventReceived: transports, .outputAudioBufferStarted: transports,
        .outputAudioBufferStopped: transports, .outputAudioBufferCleared: transports,
        .responseMCPCallArgumentsDelta: servers, .responseMCPCallArgumentsDone: servers,
        .responseMCPCallInProgress: servers, .responseMCPCallCompleted: servers, .responseMCPCallFailed: servers,
        .mcpListToolsInProgress: servers, .mcpListToolsCompleted: servers, .mcpListToolsFailed: servers,
        .sessionInputTranscriptDelta: translation, .sessionOutputTranscriptDelta: translation,
        .sessionOutputAudioDelta: translation, .sessionClosed: translation,
    ]

    static let serverRows: [Row] = dialects.flatMap { name, dialect in
        ServerEvent.Kind.allCases.flatMap { kind -> [Row] in
            guard let type = dialect.wireType(of: kind) ?? (name == "ga" ? kind.rawValue : nil) else { return [] }
            var types = [type]
            if name == "preview", [.sessionCreated, .sessionUpdated].contains(kind) {
                types.append("transcription_\(type)")
            }
            return types.map { type in
                Row(
                    type: type, dialect: name, isOfServer: true, scenarios: scenarios(name, with: "<", type),
                    hasFixture: FileManager.default.fileExists(
                        atPath: fixtures.appending(path: "\(name)/\(type).json").path),
                    note: notSent[kind])
            }
        }
    }

    static let clientRows: [Row] = dialects.flatMap { name, dialect in
        let text = (try? String(contentsOf: fixtures.appending(path: "client/\(name).jsonl"), encoding: .utf8)) ?? ""
        return (dialect.clientTypes + [.outputAudioBufferClear]).map { kind in
            let isRefused = [.outputAudioBufferClear, .sessionClose, .sessionInputAudioBufferAppend].contains(kind)
            return Row(
                type: kind.rawValue, dialect: name, isOfServer: false,
                scenarios: scenarios(name, with: ">", kind.rawValue),
                hasFixture: text.contains("{\"type\":\"\(kind.rawValue)\""),
                note: isRefused ? (kind == .outputAudioBufferClear ? transports : translation) + ": refused" : nil)
        }
    }

    @Test("each event of the server has a sample, and a scenario in which it is sent", arguments: serverRows)
    func server(row: Row) {
        #expect(row.hasFixture)
        #expect(row.scenarios.isEmpty == (row.note != nil))
    }

    @Test("each event of a client has a sample, and a scenario in which it is answered", arguments: clientRows)
    func client(row: Row) {
        #expect(row.hasFixture)
        #expect(!row.scenarios.isEmpty)
    }

    // MARK: Errors

    /// The rows of docs/protocol.md B.12, each with the beginning of its message; or the test that shows it elsewhere.
    static let errors: [(row: Int, shown: Shown)] = [
        (1, .message("Conversation already has an active response in progress: ")),
        (2, .message("Error committing input audio buffer: buffer too small. Expected at least 100ms of audio")),
        (3, .message("Cancellation failed: no active response found")),
        (4, .message("Error deleting item: the item with id '")),
        (5, .message("Error retrieving item: the item with id '")),
        (6, .message("Error truncating item: the item with id '")),
        (7, .message("Error adding item: the previous item with id '")),
        (8, .message("Audio content of ")),
        (9, .message("Only model output audio messages can be truncated")),
        (10, .message("Tool call ID '")),
        (11, .note("Never: voices can be changed at any time (G, row 12).")),
        (12, .message("Invalid value: 'nope'. Supported values are: 'session.update'")),
        (13, .message("Missing required parameter: 'type'.")),
        (14, .message("Unknown parameter: 'session.")),
        (15, .message("Missing required parameter: 'session.type'.")),
        (16, .message("Invalid type for '")),
        (17, .test("Tests/StockClients/test_wrong_messages.py", "failed to parse JSON value")),
        (18, .test("Tests/StockClients/test_wrong_messages.py", "binary")),
        (19, .message("Value must be '")),
        (20, .message("Invalid modalities: ['audio']. Supported combinations are: ['text'] and ['audio', 'text'].")),
        (21, .message("Invalid modalities: ['audio', 'text']. Supported combinations are: ['text'] and ['audio'].")),
        (22, .message("decimal above maximum value. Expected a value <= ")),
        (23, .message("string too long. Expected a string with maximum length 32")),
        (24, .message("Expected base64-encoded audio bytes (mono PCM16 at 24kHz) but got an invalid value.")),
        (25, .message("but got empty bytes.")),
        (26, .message("Passing a transcription session update event to a realtime session is not allowed.")),
        (27, .message("Conversation is too long to create a Response.")),
        (28, .message("Your session hit the maximum duration of 60 minutes.")),
        (29, .note("Never: any `call_id` is taken (F, row 8).")),
        (30, .message("\"type\":\"server_error\"")),
        (31, .test("Tests/StockClients/test_connection.py", "test_a_wrong_key")),
    ]

    enum Shown: Sendable {
        case message(String)
        case test(String, String)
        case note(String)
    }

    @Test("each error of the reference is met in a scenario or a test", arguments: errors.map(\.row))
    func error(row: Int) throws {
        let shown = try #require(Self.errors.first { $0.row == row }?.shown)
        #expect(try Self.evidence(of: shown) != nil)
    }

    /// Where something is shown, or `nil`.
    private static func evidence(of shown: Shown) throws -> String? {
        switch shown {
        case .note(let note): return note
        case .message(let text):
            return transcripts.first { $0.lines.contains { $0.hasPrefix("<") && $0.contains(text) } }.map {
                "`\($0.name)`"
            }
        case .test(let file, let name):
            let text = try String(contentsOf: root.appending(path: file), encoding: .utf8)
            return text.contains(name) ? "`\(file)`" : nil
        }
    }

    // MARK: The checklist

    /// The rows of docs/protocol.md H: what is tested, and where.
    static let checklist: [(row: Int, what: String, file: String, test: String)] = [
        (1, "the first event is session.created", "Tests/StockClients/test_session.py", "test_an_update_of_nothing"),
        (2, "an update of nothing changes nothing", "Tests/StockClients/test_session.py", "test_an_update_of_nothing"),
        (3, "a bad temperature is refused", "Tests/SessionCoreTests/Transcripts/errors.preview.txt", "temperature"),
        (4, "GA wants session.type", "Tests/SessionCoreTests/Transcripts/errors.ga.txt", "'session.type'"),
        (5, "GA refuses unknown fields", "Tests/SessionCoreTests/Transcripts/errors.ga.txt", "Unknown parameter"),
        (6, "combinations of modalities", "Tests/StockClients/test_session.py", "test_modalities"),
        (7, "no turn detection", "Tests/StockClients/test_session.py", "test_no_turn_detection"),
        (8, "turn detection of type none", "Tests/StockClients/test_session.py", "none"),
        (9, "tools are echoed", "Tests/StockClients/test_features.py", "test_a_function_is_called_and_its_result_told"),
        (10, "a written turn", "Tests/SessionCoreTests/Transcripts/text-turn.ga.txt", "response.done"),
        (11, "a spoken turn", "Tests/StockClients/test_turns.py", "test_a_spoken_question"),
        (12, "a turn by hand", "Tests/StockClients/test_audio.py", "test_a_turn_by_hand"),
        (13, "a commit of too little", "Tests/StockClients/test_audio.py", "test_a_commit_of_too_little"),
        (
            14, "clear, then commit", "Tests/SessionCoreTests/Transcripts/manual-turn.ga.txt",
            "input_audio_buffer.cleared"
        ),
        (15, "cancel with nothing running", "Tests/SessionCoreTests/Transcripts/cancel.ga.txt", "Cancellation failed"),
        (16, "cancel of a running response", "Tests/StockClients/test_turns.py", "test_an_answer_is_cancelled"),
        (17, "barge-in", "Tests/StockClients/test_turns.py", "test_speech_interrupts_an_answer"),
        (18, "one response at a time", "Tests/StockClients/test_features.py", "test_one_response_at_a_time"),
        (
            19, "a response beside another", "Tests/StockClients/test_features.py",
            "test_two_responses_beside_each_other"
        ),
        (20, "item ids of clients", "Tests/StockClients/test_wrong_messages.py", "33"),
        (21, "items at any place", "Tests/StockClients/test_items.py", "test_items_are_kept_and_changed"),
        (22, "unknown items", "Tests/SessionCoreTests/Transcripts/conversation.ga.txt", "Error deleting item"),
        (23, "truncation", "Tests/StockClients/test_items.py", "test_truncation"),
        (24, "functions", "Tests/StockClients/test_features.py", "test_a_function_is_called_and_its_result_told"),
        (25, "one end for each transcription", "Tests/StockClients/order_input.py", "completed"),
        (26, "the first preview's closed list", "Tests/RealtimeProtocolTests/FixtureTests.swift", "closedList"),
        (27, "unknown types", "Tests/StockClients/test_wrong_messages.py", "test_a_wrong_message"),
        (28, "broken JSON and binary frames", "Tests/StockClients/test_wrong_messages.py", "binary"),
        (29, "errors carry the event's id", "Tests/StockClients/test_wrong_messages.py", "event_id"),
        (30, "keys in five places", "Tests/StockClients/test_connection.py", "test_keys"),
        (31, "subprotocols", "Tests/StockClients/test_connection.py", "test_a_subprotocol_chooses_the_dialect"),
        (32, "wrong keys by path", "Tests/StockClients/test_connection.py", "test_a_wrong_key"),
        (33, "20 MB in one event", "Tests/StockClients/test_audio.py", "test_fifteen_mebibytes_at_once"),
        (34, "G.711 both ways", "Tests/StockClients/test_audio.py", "test_g711_both_ways"),
        (35, "deltas joined are the text", "Tests/StockClients/order_parts.py", "delta"),
        (36, "output of response.done", "Tests/StockClients/order_response.py", "output"),
        (37, "usage adds up", "Tests/StockClients/order_response.py", "total_tokens"),
        (38, "few tokens", "Tests/StockClients/test_features.py", "test_an_answer_of_few_tokens"),
        (39, "idle timeout", "Tests/SessionCoreTests/Transcripts/idle-timeout.ga.txt", "timeout_triggered"),
        (40, "transcription sessions", "Tests/SessionCoreTests/Transcripts/transcription-session.ga.txt", "completed"),
        (41, "client secrets", "Tests/RealtimeServerTests/ClientSecretTests.swift", "as Bearer and as subprotocol"),
        (42, "the clock of speech", "Tests/StockClients/order_input.py", "audio_start_ms"),
        (43, "agent frameworks and Microsoft's clients", "Makefile", "Tests/AgentFrameworks"),
        (44, "no event id twice", "Tests/StockClients/order.py", "event_id"),
        (45, "a thousand turns", "Tests/RealtimeServerTests/RandomClientTests.swift", "a conversation of many turns"),
    ]

    @Test("each row of the checklist has its test", arguments: checklist.map(\.row))
    func checklistRow(row: Int) throws {
        let entry = try #require(Self.checklist.first { $0.row == row })
        #expect(try Self.evidence(of: .test(entry.file, entry.test)) != nil)
    }

    // MARK: The page

    @Test("the page says what the tests show")
    func page() throws {
        let url = Self.root.appending(path: "docs/compatibility.md")
        let now = try Self.page()
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
            try now.write(to: url, atomically: true, encoding: .utf8)
        } else {
            expectNoDifference((try? String(contentsOf: url, encoding: .utf8)) ?? "", now)
        }
    }

    private static func page() throws -> String {
        var lines = [
            "# Compatibility", "",
            "What of the Realtime API this server speaks, in both dialects. The page is written by the tests",
            "(`Tests/SessionCoreTests/ConformanceTests.swift`): what it lists has a sample event that is read and written",
            "back, and a scenario, a golden transcript in `Tests/SessionCoreTests/Transcripts`, in which it happens.",
            "",
            "*GA* is `/v1/realtime` and `/openai/v1/realtime`; *preview* is `/openai/realtime` with its `api-version` and",
            "`/v1/realtime` with the beta header. `2024-10-01-preview` sends nothing outside the closed list of Microsoft's",
            "first client.",
        ]
        for (title, rows) in [("What a client may send", clientRows), ("What the server sends", serverRows)] {
            lines += ["", "## \(title)", "", "| Event | Dialect | Scenario |", "| --- | --- | --- |"]
            for row in rows {
                let shown = row.scenarios.prefix(3).map { "`\($0)`" }.joined(separator: ", ")
                let note = row.note.map { row.isOfServer ? "declared only: \($0)" : $0 }
                lines.append(
                    "| `\(row.type)` | \(row.dialect) | \([note, shown.isEmpty ? nil : shown].compactMap { $0 }.joined(separator: "; ")) |"
                )
            }
        }
        lines += ["", "## Errors", "", "| Row of B.12 | Message | Shown by |", "| --- | --- | --- |"]
        for (row, shown) in errors {
            let message = if case .message(let text) = shown { "`\(text)`" } else { "" }
            lines.append("| \(row) | \(message) | \(try evidence(of: shown) ?? "nothing") |")
        }
        lines += ["", "## The checklist", "", "| Row of H | What | Where |", "| --- | --- | --- |"]
        for entry in checklist { lines.append("| \(entry.row) | \(entry.what) | `\(entry.file)` |") }
        return lines.joined(separator: "\n") + "\n"
    }
}
