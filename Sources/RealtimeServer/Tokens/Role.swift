/// What somebody may do here, under the name that the role has on Azure.
public enum Role: String, Sendable, Hashable, CaseIterable {
    /// May hold sessions.
    case cognitiveServicesUser = "Cognitive Services User"
    /// May hold sessions.
    case cognitiveServicesOpenAIUser = "Cognitive Services OpenAI User"
    /// May hold sessions and manage deployments.
    case cognitiveServicesContributor = "Cognitive Services Contributor"

    /// The role of this name; upper and lower case are the same, and `Contributor` will do for the last.
    public init(named name: String) throws(TokenSettingError) {
        let names = Dictionary(uniqueKeysWithValues: Self.allCases.map { ($0.rawValue.lowercased(), $0) })
        let key = name.lowercased()
        guard let role = key == "contributor" ? .cognitiveServicesContributor : names[key] else {
            throw TokenSettingError(
                "role",
                "There is no role \"\(name.forLog)\". Give one of: "
                    + Self.allCases.map(\.rawValue).joined(separator: ", ") + ".")
        }
        self = role
    }

    /// What a role can permit.
    enum Permission: Sendable, Hashable {
        /// Sessions, client secrets, and what they need to know.
        case inference
        /// Deployments and keys.
        case management

        /// The name that Azure has for it.
        var dataAction: String {
            switch self {
            case .inference: "Microsoft.CognitiveServices/accounts/OpenAI/deployments/realtime/action"
            case .management: "Microsoft.CognitiveServices/accounts/deployments/write"
            }
        }

        /// The roles that permit it, in the order in which a person would try them.
        var roles: [Role] { Role.allCases.filter { $0.permissions.contains(self) } }
    }

    var permissions: Set<Permission> {
        switch self {
        case .cognitiveServicesUser: [.inference]
        case .cognitiveServicesOpenAIUser: [.inference]
        case .cognitiveServicesContributor: [.inference, .management]
        }
    }
}
