/// A setting about tokens that cannot be used.
public struct TokenSettingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The setting: `issuer`, `audiences`, `tenants`, `clock-skew`, `tenant` or `role`.
    public var setting: String
    /// What is wrong with it and what mends it, in words for a person.
    public var message: String

    /// An error about `setting`.
    public init(_ setting: String, _ message: String) {
        self.setting = setting
        self.message = message
    }

    /// The setting and the message.
    public var description: String { "\(setting): \(message)" }
}
