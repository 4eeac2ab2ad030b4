public import Foundation

/// A token for the `Authorization: Bearer` header of a request. Neither printing nor dumping it shows its value.
public struct AccessToken: Sendable, Equatable {
    /// The scope of Azure OpenAI and of the other services of Azure AI.
    public static let cognitiveServices = "https://cognitiveservices.azure.com/.default"

    /// The token itself: visible ASCII characters. A secret.
    public var value: String
    /// When it ceases to be accepted.
    public var expiresOn: Date
    /// When the authority wants it to be replaced, some time before it expires; nil if it did not say.
    public var refreshOn: Date?

    /// A token that is accepted until `expiresOn`.
    public init(value: String, expiresOn: Date, refreshOn: Date? = nil) {
        self.value = value
        self.expiresOn = expiresOn
        self.refreshOn = refreshOn
    }
}

extension AccessToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// When it expires, in UTC, without the value.
    public var description: String { "AccessToken(expires \(expiresOn))" }
    /// When it expires, in UTC, without the value.
    public var debugDescription: String { description }
    /// Its times, without the value.
    public var customMirror: Mirror {
        Mirror(self, children: ["expiresOn": expiresOn, "refreshOn": refreshOn as Any])
    }
}
