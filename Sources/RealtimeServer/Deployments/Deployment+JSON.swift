import Foundation
public import RealtimeProtocol

/// The shape of Azure's management API (`Microsoft.CognitiveServices/accounts/deployments`), with what is this server's own
/// among the properties: `engine`, `voices`, `session`.
extension Deployment {
    static let type = "Microsoft.CognitiveServices/accounts/deployments"

    /// What may stand in a request for the sake of clients of Azure, and changes nothing here.
    private static let passedOver: Set<String> = [
        "versionUpgradeOption", "raiPolicyName", "capacitySettings", "scaleSettings", "provisioningState",
        "capabilities",
        "rateLimits", "currentCapacity", "dynamicThrottlingEnabled", "parentDeploymentName", "callRateLimit",
        "deploymentState", "serviceTier", "provisioningError",
    ]

    /// Reads what a `PUT` says: `sku` and `properties`.
    ///
    /// - Throws: ``DeploymentError`` that names the field and what may stand there.
    public init(_ name: String, json body: JSONValue) throws(DeploymentError) {
        let body = try Fields(body, "body", ["sku", "properties", "tags", "id", "name", "type", "etag", "systemData"])
        let properties = try Fields(
            body["properties"] ?? .null, "properties", ["model", "engine", "voices", "session", "limits"],
            passedOver: Self.passedOver)
        let model = try Fields(
            properties["model"] ?? .null, "properties.model", ["format", "name", "version", "publisher", "source"])
        if let format = try model.text("format"), format != "OpenAI" {
            throw .init(.unknownModel, "properties.model.format must be 'OpenAI', not '\(format.prefix(100))'.")
        }
        guard let modelName = try model.text("name") else {
            throw .init(.invalid, "properties.model.name is missing. There are: \(CatalogModel.list).")
        }
        try self.init(name, modelName: modelName, version: try model.text("version"))
        let sku = try Fields(
            body["sku"] ?? [:], "sku", ["name", "capacity", "tier", "size", "family"])
        if let name = try sku.text("name") { self.sku.name = name }
        if let capacity = sku["capacity"] {
            guard let capacity = capacity.integer, (1...1_000_000).contains(capacity) else {
                throw .init(.invalid, "sku.capacity must be a whole number between 1 and 1000000.")
            }
            self.sku.capacity = capacity
        }
        guard self.model.skus.contains(self.sku.name) else {
            throw .init(
                .notInRegion,
                "The SKU '\(self.sku.name.prefix(100))' is not offered for \(self.model.name) \(self.model.version). There are:"
                    + " \(self.model.skus.joined(separator: ", ")).")
        }
        if let engine = try properties.text("engine") { self.engine = try Self.engine(engine, "properties.engine") }
        if let voices = properties["voices"], voices != .null {
            guard let names = voices.array?.compactMap(\.string), names.count == voices.array?.count else {
                throw .init(.invalid, "properties.voices must be a list of names.")
            }
            self.voices = names
        }
        if let session = properties["session"], session != .null {
            guard let object = session.object else {
                throw .init(
                    .invalid, "properties.session must be an object: what a session.update says as its session.")
            }
            self.session = object
        }
        if let limits = properties["limits"], limits != .null { self.limits = try Self.limits(limits) }
    }

    private static func limits(_ value: JSONValue) throws(DeploymentError) -> Limits {
        let fields = try Fields(value, "properties.limits", Limits.names.map(\.name))
        var limits = Limits()
        for (name, limit) in Limits.names {
            guard let value = fields[name], value != .null else { continue }
            guard let number = value.integer, Limits.range.contains(number) else {
                throw .init(
                    .invalid,
                    "properties.limits.\(name) must be a whole number between \(Limits.range.lowerBound) and"
                        + " \(Limits.range.upperBound).")
            }
            limits[keyPath: limit] = number
        }
        return limits
    }

    /// A deployment of a model of the catalogue.
    init(_ name: String, modelName: String, version: String?) throws(DeploymentError) {
        guard let model = CatalogModel.find(modelName, version?.isEmpty == true ? nil : version) else {
            throw .init(
                .unknownModel,
                "The model 'Format: OpenAI, Name: \(modelName.prefix(100)), Version: \((version ?? "").prefix(100))' of account"
                    + " deployment is not supported. There are: \(CatalogModel.list).")
        }
        try self.init(name, model: model)
    }

    static func engine(_ name: String, _ field: String) throws(DeploymentError) -> ServerConfiguration.Preset {
        guard let engine = ServerConfiguration.Preset(rawValue: name) else {
            let all = ServerConfiguration.Preset.allCases.map(\.rawValue).joined(separator: ", ")
            throw .init(.invalid, "\(field) must be one of \(all), not '\(name.prefix(100))'.")
        }
        return engine
    }

    /// What is kept of it, and what a `PUT` would have to say to make it again.
    public var definition: JSONObject {
        var properties: JSONObject = [
            "model": ["format": "OpenAI", "name": .string(model.name), "version": .string(model.version)]
        ]
        if let engine { properties["engine"] = .string(engine.rawValue) }
        if !voices.isEmpty { properties["voices"] = .array(voices.map { .string($0) }) }
        if !session.members.isEmpty { properties["session"] = .object(session) }
        var limits = JSONObject()
        for (name, limit) in Limits.names { limits[name] = self.limits[keyPath: limit].map { .integer($0) } }
        if !limits.members.isEmpty { properties["limits"] = .object(limits) }
        return [
            "sku": ["name": .string(sku.name), "capacity": .integer(sku.capacity)], "properties": .object(properties),
        ]
    }

    /// It as the management API shows it.
    ///
    /// - Parameters:
    ///   - account: the path of the account it is said to be in.
    ///   - state: `Succeeded`, `Creating` or `Failed`, and why it failed.
    func json(account: String, state: (name: String, message: String?)) -> JSONValue {
        var object: JSONObject = [
            "id": .string("\(account)/deployments/\(name)"), "type": .string(Self.type), "name": .string(name),
        ]
        let definition = definition
        object["sku"] = definition["sku"]
        var properties = definition["properties"]?.object ?? [:]
        properties["provisioningState"] = .string(state.name)
        if let message = state.message { properties["provisioningError"] = .string(message) }
        properties["capabilities"] = ["realtime": "true"]
        object["properties"] = .object(properties)
        if createdAt > 0 {
            object["systemData"] = [
                "createdAt": .string(Self.date(createdAt)), "lastModifiedAt": .string(Self.date(changedAt)),
            ]
        }
        return .object(object)
    }

    private static func date(_ seconds: Int) -> String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }
}

/// An object of a request, of which every field is known.
private struct Fields {
    private let object: JSONObject
    private let path: String

    init(
        _ value: JSONValue, _ path: String, _ known: [String], passedOver: Set<String> = []
    ) throws(DeploymentError) {
        guard let object = value.object else {
            throw .init(
                .invalid, value == .null ? "\(path) is missing." : "\(path) must be an object, not \(value.kind).")
        }
        if let other = object.members.first(where: { !known.contains($0.name) && !passedOver.contains($0.name) }) {
            let own = path == "body" ? "" : path + "."
            throw .init(
                .invalid,
                "\(own)\(other.name.prefix(100)) is no field of a deployment. There are: \(known.joined(separator: ", "))."
            )
        }
        self.object = object
        self.path = path
    }

    subscript(name: String) -> JSONValue? { object[name] }

    func text(_ name: String) throws(DeploymentError) -> String? {
        guard let value = object[name], value != .null else { return nil }
        guard let text = value.string else {
            throw .init(.invalid, "\(path).\(name) must be a string, not \(value.kind).")
        }
        return text
    }
}
