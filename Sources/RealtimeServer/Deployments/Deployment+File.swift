import RealtimeProtocol
import Yams

/// A deployment as the configuration file has it.
struct WrittenDeployment {
    var name = ""
    var model = "gpt-realtime"
    var version: String?
    var sku = Deployment.SKU()
    var engine: ServerConfiguration.Preset?
    var voices: [String] = []
    var session = JSONObject()
    var limits = Limits()

    static let keys: [ConfigurationKey<Self>] = [
        .init("name") { $0.name = try $1.string() },
        .init("model") { $0.model = try $1.string() },
        .init("version") { $0.version = try $1.string() },
        .init("sku") { $0.sku.name = try $1.string() },
        .init("capacity") { $0.sku.capacity = try $1.integer(1...1_000_000) },
        .init("engine") { $0.engine = try $1.choice() },
        .init("voices") { $0.voices = try $1.strings() },
        .init("session") { $0.session = try $1.object() },
        .init("limits") { $0.limits = try $1.limits() },
    ]
}

extension ConfigurationValue {
    /// A list of deployments: names, or what is known of each.
    func deployments() throws -> [Deployment] {
        guard let sequence = node.sequence else { throw wrong("a list of deployments") }
        var all: [Deployment] = []
        for node in sequence {
            let value = with(node)
            var written = WrittenDeployment()
            if node.mapping == nil {
                written.name = try value.string()
            } else {
                try ConfigurationSection(value, keys: WrittenDeployment.keys, name: "deployments").apply(to: &written)
            }
            do throws(DeploymentError) {
                var deployment = try Deployment(written.name, modelName: written.model, version: written.version)
                deployment.sku = written.sku
                deployment.engine = written.engine
                deployment.voices = written.voices
                deployment.session = written.session
                deployment.limits = written.limits
                deployment.origin = .file(place.described(""))
                guard !all.contains(where: { $0.name == deployment.name }) else {
                    throw DeploymentError(.invalid, "\(deployment.name) is there twice.")
                }
                all.append(deployment)
            } catch {
                throw value.failure("deployments: \(error.message)")
            }
        }
        return all
    }

    /// How much may be used.
    func limits() throws -> Limits {
        var limits = Limits()
        try ConfigurationSection(self, keys: Limits.keys, name: name).apply(to: &limits)
        return limits
    }

    /// A mapping of names to limits.
    func limitsByName() throws -> [String: Limits] {
        guard let mapping = node.mapping else { throw wrong("names of keys with their limits") }
        var all: [String: Limits] = [:]
        for (key, node) in mapping {
            let key = key.scalar?.string ?? ""
            all[key] = try ConfigurationValue(name: "\(name).\(key)", node: node, place: place).limits()
        }
        return all
    }
}
