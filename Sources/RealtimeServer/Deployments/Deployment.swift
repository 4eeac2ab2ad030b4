public import RealtimeProtocol
import SessionCore

/// A name by which clients ask for a conversation, and what stands behind it.
public struct Deployment: Sendable, Hashable {
    /// Where it was written down.
    public enum Origin: Sendable, Hashable, CustomStringConvertible {
        /// There out of the box.
        case outOfTheBox
        /// In the configuration file at this path.
        case file(String)
        /// In the database, from where it can be changed.
        case stored

        /// In words, for a table.
        public var description: String {
            switch self {
            case .outOfTheBox: "out of the box"
            case .file(let file): file
            case .stored: "the database"
            }
        }
    }

    /// What capacity is bought: data, which this server shows and does not count.
    public struct SKU: Sendable, Hashable {
        /// `GlobalStandard`
        public var name = "GlobalStandard"
        /// Thousands of tokens a minute, on Azure.
        public var capacity = 1

        /// One unit of `GlobalStandard`.
        public init() {}
    }

    /// 2 to 64 letters, digits, `-`, `_` and `.`, the first and the last of them a letter or a digit.
    public var name: String
    /// The model that it is called after.
    public var model: CatalogModel
    /// What capacity is bought.
    public var sku = SKU()
    /// The engines that answer; `nil` for those of the server.
    public var engine: ServerConfiguration.Preset?
    /// The engine's voices that are offered, the first of them the default; empty for all.
    public var voices: [String] = []
    /// What a session begins with, as the `session` of a GA `session.update`.
    public var session = JSONObject()
    /// How much it may be used.
    public var limits = Limits()
    /// Where it was written down.
    public var origin = Origin.stored
    /// Unix seconds.
    public var createdAt = 0
    /// Unix seconds.
    public var changedAt = 0

    /// A deployment with the defaults.
    ///
    /// - Throws: ``DeploymentError`` when the name is none.
    public init(_ name: String, model: CatalogModel) throws(DeploymentError) {
        guard Self.isName(name) else {
            throw DeploymentError(
                .invalid,
                "'\(name.prefix(100))' is no name for a deployment: give 2 to 64 letters, digits, '-', '_' and '.', the first"
                    + " and the last of them a letter or a digit.")
        }
        self.name = name
        self.model = model
    }

    private static func isName(_ name: String) -> Bool {
        func isLetterOrDigit(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: false
            }
        }
        let bytes = Array(name.utf8)
        return (2...64).contains(bytes.count) && isLetterOrDigit(bytes[0]) && isLetterOrDigit(bytes[bytes.count - 1])
            && bytes.allSatisfy { isLetterOrDigit($0) || "-_.".utf8.contains($0) }
    }

    /// Whether a server in this region may offer it (one in no region offers all), and whether its sessions can begin.
    func check(region: String?) throws(DeploymentError) {
        do throws(RealtimeError) {
            let head = SessionHead(
                dialect: .ga, kind: .realtime, model: model.name, settings: .object(session.withType()))
            _ = try head.configuration(by: Session.Rules())
        } catch {
            throw DeploymentError(.invalid, "session: \(error.message)")
        }
        guard let region, !model.regions.contains(region) else { return }
        throw DeploymentError(
            .notInRegion,
            "The model '\(model.name)', version '\(model.version)', is not offered in the region '\(region)'. It is in:"
                + " \(model.regions.joined(separator: ", ")).")
    }
}

/// Why a deployment cannot be made, changed or deleted.
public struct DeploymentError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of a failure.
    public enum Code: String, Sendable {
        /// A name, a value or a field is wrong.
        case invalid = "InvalidRequestContent"
        /// There is no such model, or not in this version.
        case unknownModel = "DeploymentModelNotSupported"
        /// The model is not offered here.
        case notInRegion = "InvalidResourceProperties"
        /// It is written down where the server cannot change it.
        case readOnly = "Conflict"
        /// There is no such deployment.
        case notFound = "ResourceNotFound"
        /// The database failed.
        case failed = "InternalServerError"
    }

    /// The kind.
    public let code: Code
    /// What is wrong and what mends it.
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }

    /// The status of an HTTP answer.
    var status: Int {
        switch code {
        case .invalid, .unknownModel, .notInRegion: 400
        case .readOnly: 409
        case .notFound: 404
        case .failed: 500
        }
    }
}
