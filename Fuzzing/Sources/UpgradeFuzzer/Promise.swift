import FuzzSupport
import HTTPTypes

@testable import RealtimeServer

/// What ``HandshakePolicy`` promises of a handshake that it accepts, written down a second time.
struct Promise {
    nonisolated(unsafe) private static let version = /\d{4}-\d{2}-\d{2}(-preview)?/.asciiOnlyDigits().ignoresCase()
    nonisolated(unsafe) private static let local =
        /(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?/.asciiOnlyDigits().ignoresCase()
    /// A name with a date or a version at its end.
    nonisolated(unsafe) private static let dated =
        /(.+?)-(\d{4}-\d{2}-\d{2}|\d{1,2}(\.\d{1,2})?)/.asciiOnlyDigits()

    var needsKey: Bool
    var acceptsAnyModel: Bool

    func check(_ handshake: Handshake, of request: HTTPRequest) {
        target(handshake, request.path ?? "")
        credential(handshake, request)
        model(handshake)
        answer(handshake)
    }

    private func target(_ handshake: Handshake, _ target: String) {
        let sides = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var path = sides.first ?? ""
        if path.utf8.last == UInt8(ascii: "/") { path = path.dropLast() }
        expect(path == handshake.route.path, "\(path) is \(handshake.route)")
        let names = (sides.dropFirst().first ?? "").split(separator: "&").map {
            $0.prefix { $0 != "=" }.lowercased()
        }
        switch (handshake.route, handshake.dialect) {
        case (.azurePreview, .preview(let version)):
            expect(version.wholeMatch(of: Self.version) != nil, version)
        case (.azureGA, .ga): expect(!names.contains("api-version"), "An api-version in GA")
        case (.openAI, .ga), (.openAI, .previewMarked): break
        default: expect(false, "\(handshake.dialect) on \(handshake.route)")
        }
    }

    private func credential(_ handshake: Handshake, _ request: HTTPRequest) {
        let value = handshake.credential?.value
        if let secret = handshake.secret { return expect(value == secret.value, "Let in by another's secret") }
        if value?.hasPrefix("ek_") == true { expect(false, "Let in by a secret that is none") }
        if needsKey { return expect(value == "secret" || value == "other", "Let in by another key") }
        expect(Self.isLocal(request.authority ?? ""), "Let in as host \(request.authority ?? "")")
        for origin in request.headerFields[values: .origin] {
            let rest = origin.lowercased().split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
            expect(
                rest.count == 2 && ["http", "https"].contains(rest[0]) && Self.isLocal(String(rest[1])),
                "Let in from \(origin)")
        }
    }

    private static func isLocal(_ authority: String) -> Bool {
        authority.wholeMatch(of: local) != nil
    }

    private func model(_ handshake: Handshake) {
        if handshake.callID != nil, handshake.route != .azurePreview {
            expect(handshake.model == nil && handshake.intent == .conversation, "A call and something else")
        }
        guard let model = handshake.model else {
            return expect(handshake.callID != nil || handshake.intent == .transcription, "Nothing is asked for")
        }
        if handshake.secret?.model == model || acceptsAnyModel { return }
        let base = model.wholeMatch(of: Self.dated).map { String($0.1) } ?? model
        let known = Deployments.outOfTheBox.map(\.name) + ["mine"]
        expect(known.contains(model) || known.contains(base), "Let in to \(model)")
    }

    private func answer(_ handshake: Handshake) {
        if let id = handshake.requestID {
            expect((1...128).contains(id.utf8.count) && id.utf8.allSatisfy { (0x21...0x7E).contains($0) }, id)
        }
        guard let answered = handshake.responseFields[.secWebSocketProtocol] else { return }
        expect(handshake.subprotocols.contains(answered), "\(answered) was not offered")
        for prefix in ["openai-insecure-api-key.", "openai-organization.", "openai-project."] {
            expect(!answered.utf8.starts(with: prefix.utf8), "\(answered) is sent back")
        }
    }
}
