import Hummingbird
import RealtimeProtocol

/// The keys in the shape of Azure's management API: `regenerateKey`. There is no `listKeys`, as only digests are kept.
struct KeyRoutes: Sendable {
    let policy: HandshakePolicy
    let keys: KeyRing

    func add(to router: Router<BasicRequestContext>) {
        for path in ["subscriptions/:subscription/resourceGroups/:group/providers/Microsoft.CognitiveServices/", ""] {
            router.post(RouterPath("\(path)accounts/:account/regenerateKey")) { request, _ in
                if let refusal = await policy.refusal(of: request.head, for: .management) { return Response(refusal) }
                let body = try? await request.body.collect(upTo: 10_000)
                let name = body.flatMap { try? JSONValue(parsing: Array($0.readableBytesView)) }?["keyName"]?.string
                guard let slot = name.flatMap({ KeyRing.Slot(rawValue: $0.lowercased()) }) else {
                    return Response(
                        .azure(
                            400, code: "InvalidRequestContent",
                            #"keyName must be 'Key1' or 'Key2', as in {"keyName":"Key1"}."#))
                }
                let key = try await keys.regenerate(slot)
                return .json(
                    (["key1": .null, "key2": .null] as JSONObject).merging([slot.rawValue: .string(key)]).json)
            }
        }
    }
}

extension JSONObject {
    fileprivate var json: String { JSONValue.object(self).text }
}
