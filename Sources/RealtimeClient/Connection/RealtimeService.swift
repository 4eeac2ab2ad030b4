public import RealtimeProtocol

/// Where a Realtime service is, and how it is spoken to there.
///
/// ```swift
/// RealtimeService.azure(endpoint: "https://example.openai.azure.com", deployment: "gpt-realtime")
/// RealtimeService.openAI(model: "gpt-realtime")
/// RealtimeService.url("ws://localhost:8080", model: "gpt-realtime")
/// ```
public struct RealtimeService: Sendable, Equatable {
    /// How a key is shown.
    enum KeyStyle: Sendable, Equatable {
        /// `api-key: KEY`
        case apiKey
        /// `Authorization: Bearer KEY`
        case bearer
    }

    /// The WebSocket's URL, with path and query.
    public let url: String
    /// The shape in which the service speaks there. Whatever it answers is understood in either.
    public let dialect: Dialect
    let keyStyle: KeyStyle

    /// Azure OpenAI, or a server that stands at its paths.
    ///
    /// - Parameters:
    ///   - endpoint: the resource, like `https://example.openai.azure.com`; `wss`, `http` and `ws` are fine too.
    ///   - deployment: the deployment's name, which need not be the model's.
    ///   - apiVersion: a preview's version for the path `/openai/realtime`; `nil` or `v1` for GA at `/openai/v1/realtime`.
    public static func azure(endpoint: String, deployment: String, apiVersion: String? = nil) -> RealtimeService {
        var base = endpoint.withoutTrailing("/")
        for known in ["/openai/v1/realtime", "/openai/v1", "/openai/realtime", "/openai"] where base.hasSuffix(known) {
            base.removeLast(known.count)
            break
        }
        guard let apiVersion, apiVersion != "v1" else {
            return RealtimeService(
                url: "\(base)/openai/v1/realtime?model=\(deployment.inQuery)", dialect: Dialect(.ga), keyStyle: .apiKey)
        }
        return RealtimeService(
            url: "\(base)/openai/realtime?api-version=\(apiVersion.inQuery)&deployment=\(deployment.inQuery)",
            dialect: Dialect(.preview(Dialect.PreviewVersion(rawValue: apiVersion))), keyStyle: .apiKey)
    }

    /// OpenAI, or a server that stands at its path.
    ///
    /// - Parameters:
    ///   - model: the model's name.
    ///   - endpoint: the server.
    ///   - isPreview: whether to speak as before August 2025, which OpenAI itself no longer understands.
    public static func openAI(
        model: String, endpoint: String = "https://api.openai.com", isPreview: Bool = false
    ) -> RealtimeService {
        var base = endpoint.withoutTrailing("/")
        for known in ["/v1/realtime", "/v1"] where base.hasSuffix(known) {
            base.removeLast(known.count)
            break
        }
        return RealtimeService(
            url: "\(base)/v1/realtime?model=\(model.inQuery)", dialect: Dialect(isPreview ? .preview(nil) : .ga),
            keyStyle: .bearer)
    }

    /// Any server by its URL, taken as it is but for the path and the model, which are added if they are missing.
    ///
    /// - Parameters:
    ///   - url: `ws://`, `wss://`, `http://` or `https://`. A path under `/openai/` is Azure's.
    ///   - model: the model or deployment, for a URL that names none.
    public static func url(_ url: String, model: String = "gpt-realtime") -> RealtimeService {
        let (address, query) = url.cut(at: "?")
        let scheme = address.cut(at: "://").1 ?? address
        let path = scheme.cut(at: "/").1.map { "/" + $0 } ?? ""
        let isAzure = path.hasPrefix("/openai/")
        var whole = path.isEmpty || path == "/" ? address.withoutTrailing("/") + "/v1/realtime" : address
        let names = (query ?? "").split(separator: "&").map { $0.prefix { $0 != "=" } }
        let isNamed = names.contains { ["model", "deployment", "call_id", "intent"].contains($0) }
        let parts = [query, isNamed ? nil : "model=\(model.inQuery)"].compactMap(\.self).filter { !$0.isEmpty }
        if !parts.isEmpty { whole += "?" + parts.joined(separator: "&") }
        let version = (query ?? "").split(separator: "&").first { $0.hasPrefix("api-version=") }
        let isPreview = isAzure && !path.hasPrefix("/openai/v1")
        let name = version.flatMap { Dialect.PreviewVersion(rawValue: String($0.dropFirst("api-version=".count))) }
        return RealtimeService(
            url: whole, dialect: Dialect(isPreview ? .preview(name) : .ga), keyStyle: isAzure ? .apiKey : .bearer)
    }

    /// The header fields that the service wants for `credential`, beside those that everybody sends.
    func headers(for credential: Credential) async throws -> [Header] {
        var headers: [Header] = []
        switch credential.kind {
        case .none: break
        case .key(let key):
            headers.append(
                keyStyle == .apiKey
                    ? Header(name: "api-key", value: key) : Header(name: "Authorization", value: "Bearer \(key)"))
        case .bearer(let token):
            headers.append(Header(name: "Authorization", value: "Bearer \(try await token())"))
        }
        if dialect.name == .preview(nil), keyStyle == .bearer {
            headers.append(Header(name: "OpenAI-Beta", value: "realtime=v1"))
        }
        return headers
    }
}

extension String {
    fileprivate func withoutTrailing(_ character: Character) -> String {
        var text = self
        while text.last == character { text.removeLast() }
        return text
    }

    /// What is before the first `mark`, and what is after it.
    fileprivate func cut(at mark: String) -> (String, String?) {
        guard let range = firstRange(of: mark) else { return (self, nil) }
        return (String(self[..<range.lowerBound]), String(self[range.upperBound...]))
    }

    /// Written with percent signs where a query's value needs them.
    fileprivate var inQuery: String {
        let hexadecimal = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), hexadecimal[Int(byte >> 4)], hexadecimal[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
