import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Where this machine's managed identity is asked for, and how.
struct ManagedIdentityEndpoint: Sendable {
    enum Host: Sendable {
        /// The instance metadata service of virtual machines, scale sets and Kubernetes.
        case instanceMetadata
        /// App Service, Functions and Container Apps, with the header that proves that the request is local.
        case appService(header: Hidden<String>)
    }

    let host: Host
    let endpoint: TokenEndpoint

    /// What the environment says, in the order of Azure's libraries. The instance metadata service is what remains.
    init(_ surroundings: Surroundings, credential: String) throws(IdentityError) {
        if let text = surroundings["IDENTITY_ENDPOINT"] {
            if let header = surroundings["IDENTITY_HEADER"], surroundings["IDENTITY_SERVER_THUMBPRINT"] == nil {
                let url = try Self.url(text, of: "IDENTITY_ENDPOINT", credential: credential)
                guard header.isVisibleASCII else {
                    throw IdentityError(
                        .invalidConfiguration, credential: credential,
                        "IDENTITY_HEADER holds what no header can: spaces, line breaks or other than ASCII")
                }
                host = .appService(header: Hidden(header))
                endpoint = TokenEndpoint(
                    credential: credential, url: url, retries: .service, surroundings: surroundings)
                return
            }
            let platform = surroundings["IMDS_ENDPOINT"] != nil ? "Azure Arc" : "Service Fabric"
            guard surroundings.missing("IDENTITY_HEADER", "IMDS_ENDPOINT").count == 2 else {
                throw IdentityError(
                    .unavailable, credential: credential,
                    "the managed identities of \(platform) (IDENTITY_ENDPOINT) are not supported here")
            }
        } else if surroundings["MSI_ENDPOINT"] != nil {
            throw IdentityError(
                .unavailable, credential: credential,
                "the managed identities of Cloud Shell and Azure Machine Learning (MSI_ENDPOINT) are not supported here"
            )
        }
        let variable = "AZURE_POD_IDENTITY_AUTHORITY_HOST"
        let root = try Self.url(
            surroundings[variable] ?? "http://169.254.169.254", of: variable, credential: credential)
        host = .instanceMetadata
        endpoint = TokenEndpoint(
            credential: credential, url: root.appendingPathComponent("metadata/identity/oauth2/token"),
            retries: .instanceMetadata, surroundings: surroundings)
    }

    /// A request for a token for `resource`; of the identity `clientID`, or of the system-assigned one.
    func request(resource: String, clientID: String?) -> URLRequest {
        var fields: FormFields = ["api-version": version, "resource": resource]
        if let clientID { fields.append("client_id", clientID) }
        switch host {
        case .instanceMetadata: return endpoint.get(fields, headers: ["Metadata": "true"])
        case .appService(let header): return endpoint.get(fields, headers: ["X-IDENTITY-HEADER": header.value])
        }
    }

    /// A request that the metadata service refuses at once, since it lacks the header: any answer says that it is there.
    func probe(resource: String) -> URLRequest {
        endpoint.get(["api-version": version, "resource": resource])
    }

    /// What no message may repeat.
    var secrets: [String] {
        if case .appService(let header) = host { [header.value] } else { [] }
    }

    private var version: String {
        switch host {
        case .instanceMetadata: "2018-02-01"
        case .appService: "2019-08-01"
        }
    }

    private static func url(_ text: String, of variable: String, credential: String) throws(IdentityError) -> URL {
        let parts = URLComponents(string: text, encodingInvalidCharacters: false)
        guard let url = parts?.url, let scheme = parts?.scheme, ["http", "https"].contains(scheme),
            parts?.host?.isEmpty == false, parts?.user == nil
        else {
            throw IdentityError(
                .invalidConfiguration, credential: credential, "\(variable) is no http or https URL with a host")
        }
        return url
    }
}
