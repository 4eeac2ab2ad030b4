import Foundation
import RealtimeClient
import RealtimeProtocol

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// What the server itself says of its latest answers, if it is one that does: `GET /admin/turns`.
enum Waterfall {
    /// The summary of its steps; empty for another make.
    static func steps(of target: Target, answers: Int) async -> [BenchRun.StepRecord] {
        guard var parts = URLComponents(string: target.url) else { return [] }
        parts.scheme = parts.scheme == "wss" ? "https" : "http"
        parts.path = "/admin/turns"
        parts.queryItems = [URLQueryItem(name: "latest", value: "\(answers)")]
        guard let url = parts.url else { return [] }
        var request = URLRequest(url: url)
        for header in target.headers { request.setValue(header.value, forHTTPHeaderField: header.name) }
        guard let (data, _) = try? await URLSession.shared.data(for: request),
            let summary = (try? JSONValue(parsing: [UInt8](data)))?["summary"]?.object
        else { return [] }
        return summary.members.compactMap { step in
            guard let count = step.value["count"]?.integer, let p50 = step.value["p50_ms"]?.integer,
                let p95 = step.value["p95_ms"]?.integer
            else { return nil }
            return BenchRun.StepRecord(name: step.name, count: count, p50: Double(p50), p95: Double(p95))
        }
    }
}
