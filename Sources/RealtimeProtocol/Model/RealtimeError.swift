/// An error as the wire says it: data, not the end of anything (protocol.md B.12).
public struct RealtimeError: Error, Hashable, Sendable, Codable {
    /// `invalid_request_error` for nearly all, `server_error` for failures of our own.
    public var type: String
    /// What clients match on.
    @Explicit public var code: String?
    /// What is wrong and what mends it.
    public var message: String
    /// The field that is wrong.
    @Explicit public var param: String?
    /// The `event_id` of the client's event that failed, if it had one.
    @Explicit public var eventID: String?

    /// An error.
    public init(type: String, code: String?, message: String, param: String? = nil, eventID: String? = nil) {
        self.type = type
        self.code = code
        self.message = message
        self.param = param
        self.eventID = eventID
    }
}

extension RealtimeError {
    /// The client asked for something that cannot be.
    public static func invalidRequest(_ message: String, code: String?, param: String? = nil) -> RealtimeError {
        RealtimeError(type: "invalid_request_error", code: code, message: message, param: param)
    }

    /// Row 14: a field that nobody knows.
    public static func unknownParameter(_ path: String) -> RealtimeError {
        invalidRequest("Unknown parameter: '\(path)'.", code: "unknown_parameter", param: path)
    }

    /// Row 15: a field that must be there.
    public static func missingParameter(_ path: String) -> RealtimeError {
        invalidRequest("Missing required parameter: '\(path)'.", code: "missing_required_parameter", param: path)
    }

    /// Row 16: a field of another JSON type.
    public static func invalidType(_ path: String, expected: String, got: String) -> RealtimeError {
        invalidRequest(
            "Invalid type for '\(path)': expected \(expected), but got \(got) instead.", code: "invalid_type",
            param: path)
    }

    /// Row 19: a value that is none of those supported.
    public static func invalidValue(_ path: String, got value: String, supported: [String]) -> RealtimeError {
        let remedy =
            if supported.count == 1 { "Value must be '\(supported[0])'." } else {
                "Supported values are: \(list(supported))."
            }
        return invalidRequest("Invalid value: '\(value)'. \(remedy)", code: "invalid_value", param: path)
    }

    /// Row 22: a number outside its range.
    public static func outOfRange(_ path: String, _ value: Int, _ range: ClosedRange<Int>) -> RealtimeError {
        outOfRange(
            path, "integer", "\(value)", below: value < range.lowerBound, "\(range.lowerBound)", "\(range.upperBound)")
    }

    /// Row 22: a number outside its range.
    public static func outOfRange(_ path: String, _ value: Double, _ range: ClosedRange<Double>) -> RealtimeError {
        outOfRange(
            path, "decimal", "\(value)", below: value < range.lowerBound, "\(range.lowerBound)", "\(range.upperBound)")
    }

    private static func outOfRange(
        _ path: String, _ kind: String, _ value: String, below: Bool, _ least: String, _ most: String
    ) -> RealtimeError {
        invalidRequest(
            "Invalid '\(path)': \(kind) \(below ? "below minimum" : "above maximum") value. "
                + "Expected a value \(below ? ">= \(least)" : "<= \(most)"), but got \(value) instead.",
            code: "\(kind)_\(below ? "below_min" : "above_max")_value", param: path)
    }

    /// Row 23: a string that is too long; lengths in characters.
    public static func tooLong(_ path: String, _ length: Int, most: Int) -> RealtimeError {
        invalidRequest(
            "Invalid '\(path)': string too long. Expected a string with maximum length \(most), "
                + "but got a string with length \(length) instead.",
            code: "string_above_max_length", param: path)
    }

    /// Rows 24 and 25: audio that is not base64, or empty.
    public static func invalidAudio(_ path: String, isEmpty: Bool, format: AudioFormat) -> RealtimeError {
        invalidRequest(
            "Invalid '\(path)'. Expected base64-encoded audio bytes (\(format.prose)) but got "
                + (isEmpty ? "empty bytes." : "an invalid value."),
            code: "invalid_value", param: path)
    }

    /// A picture that is none, or of a kind that the API does not take.
    public static func invalidImage(_ path: String) -> RealtimeError {
        invalidRequest(
            "Invalid '\(path)'. Expected a PNG or JPEG image as a data URI, like 'data:image/png;base64,…'.",
            code: "invalid_value", param: path)
    }

    /// Something of the API that this server does not offer.
    ///
    /// - Parameters:
    ///   - what: what it is, to begin a sentence with.
    ///   - param: the field that asked for it.
    ///   - remedy: a sentence that says what it belongs to, or what to do instead.
    public static func unsupported(_ what: String, _ remedy: String, param: String) -> RealtimeError {
        invalidRequest("\(what) is not supported by this server. \(remedy)", code: "unsupported", param: param)
    }

    /// Row 17: the message is not JSON.
    public static func invalidJSON(_ reason: JSONSyntaxError) -> RealtimeError {
        invalidRequest("Invalid event: failed to parse JSON value. \(reason).", code: "invalid_json")
    }

    /// Row 18: the message is not text.
    public static let binaryFrame = invalidRequest(
        "Expected a text WebSocket message; binary frames are not supported.", code: "invalid_event")

    /// Row 30: a failure of our own.
    public static func server(_ message: String, code: String? = nil) -> RealtimeError {
        RealtimeError(type: "server_error", code: code, message: message)
    }

    /// `'a', 'b', and 'c'`
    static func list(_ values: [String]) -> String {
        let quoted = values.map { "'\($0)'" }
        guard quoted.count > 2, let last = quoted.last else { return quoted.joined(separator: " and ") }
        return quoted.dropLast().joined(separator: ", ") + ", and " + last
    }
}
