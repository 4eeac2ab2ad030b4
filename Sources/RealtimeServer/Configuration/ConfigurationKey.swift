import RealtimeProtocol

/// A key of the configuration: what it is called, how its value is read, and how it is shown.
struct ConfigurationKey<Target>: Sendable {
    /// How a text stands for the value where there is no YAML around it: in an environment variable, a flag, or a file of its
    /// own.
    enum Form: Sendable {
        /// The text is the value.
        case text
        /// The values stand between commas, or as a list of YAML.
        case list
        /// The text is YAML.
        case yaml
    }

    /// `port`, or with what it belongs to `models.voice`.
    let name: String
    let form: Form
    /// Whether the value must be neither logged nor shown.
    let isSecret: Bool
    let set: @Sendable (inout Target, ConfigurationValue) throws -> Void
    /// The value as it is now; `nil` where it can only be shown as it was written.
    let show: (@Sendable (Target) -> JSONValue)?

    init(
        _ name: String, form: Form = .yaml, isSecret: Bool = false, show: (@Sendable (Target) -> JSONValue)? = nil,
        set: @escaping @Sendable (inout Target, ConfigurationValue) throws -> Void
    ) {
        self.name = name
        self.form = form
        self.isSecret = isSecret
        self.set = set
        self.show = show
    }
}

extension ConfigurationKey {
    typealias Path<Value> = any WritableKeyPath<Target, Value> & Sendable

    static func text(_ name: String, _ path: Path<String>) -> Self {
        Self(name, form: .text, show: { .string($0[keyPath: path]) }) { $0[keyPath: path] = try $1.string() }
    }

    static func text(_ name: String, _ path: Path<String?>) -> Self {
        Self(name, form: .text, show: { JSONValue($0[keyPath: path]) }) { $0[keyPath: path] = try $1.string() }
    }

    /// A path of a file or folder: relative to what it is written in.
    static func path(_ name: String, _ path: Path<String?>) -> Self {
        Self(name, form: .text, show: { JSONValue($0[keyPath: path]) }) { $0[keyPath: path] = try $1.path() }
    }

    static func texts(_ name: String, _ path: Path<[String]>, isSecret: Bool = false) -> Self {
        Self(
            name, form: .list, isSecret: isSecret,
            show: { target in
                .array(target[keyPath: path].map { .string(isSecret ? APIKeys.masked($0) : $0) })
            }
        ) { $0[keyPath: path] = try $1.strings() }
    }

    static func integer(_ name: String, _ path: Path<Int>, _ range: ClosedRange<Int>) -> Self {
        Self(name, show: { .integer($0[keyPath: path]) }) { $0[keyPath: path] = try $1.integer(range) }
    }

    static func bool(_ name: String, _ path: Path<Bool>) -> Self {
        Self(name, show: { .bool($0[keyPath: path]) }) { $0[keyPath: path] = try $1.bool() }
    }

    static func choice<Choice: RawRepresentable<String> & CaseIterable & SendableMetatype>(
        _ name: String, _ path: Path<Choice>
    ) -> Self {
        Self(name, form: .text, show: { .string($0[keyPath: path].rawValue) }) { $0[keyPath: path] = try $1.choice() }
    }
}

extension JSONValue {
    fileprivate init(_ text: String?) { self = text.map(JSONValue.string) ?? .null }
}
