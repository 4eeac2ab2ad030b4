// As much of a deployment as the rules of a handshake look at, so that the fuzzers need not build the session and the
// engines. Not a copy: a name and an origin, and four models for the names out of the box.

public struct Deployment: Sendable, Hashable {
    public enum Origin: Sendable, Hashable { case outOfTheBox, stored }

    var name: String
    var origin = Origin.stored

    init(_ name: String, model: CatalogModel) throws { self.name = name }
}

public struct CatalogModel: Sendable {
    var name: String
    var isDefault: Bool { true }

    static let all = [
        "gpt-4o-realtime-preview", "gpt-4o-mini-realtime-preview", "gpt-realtime", "gpt-realtime-mini",
    ].map(CatalogModel.init)
}
