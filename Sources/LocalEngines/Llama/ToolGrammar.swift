import SpeechEngines

/// The grammar, in llama.cpp's GBNF, of a call to one of several functions.
struct ToolGrammar {
    /// Schemas nested more deeply are not followed: any value may stand there.
    private static let deepest = 8
    /// Alternatives and properties beyond this count are not followed: grammars grow with them.
    private static let mostMembers = 64

    private var rules: [(name: String, body: String)] = []

    /// What any schema may need.
    private static let common = #"""
        ws ::= " "?
        nl ::= "\n"?
        char ::= [^"\\\x7F\x00-\x1F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F] [0-9a-fA-F] [0-9a-fA-F] [0-9a-fA-F])
        string ::= "\"" char* "\""
        integer ::= "-"? ("0" | [1-9] [0-9]{0,15})
        number ::= integer ("." [0-9]{1,12})? ([eE] [-+]? [0-9]{1,3})?
        boolean ::= "true" | "false"
        null ::= "null"
        value ::= object | array | string | number | boolean | null
        member ::= string ":" ws value
        object ::= "{" ws (member ("," ws member)*)? ws "}"
        array ::= "[" ws (value ("," ws value)*)? ws "]"
        """#

    /// The grammar of a call to one of `tools`, bare or in `<tool_call>` tags.
    ///
    /// - Parameters:
    ///   - maximum: calls that may follow each other, each in its tags.
    ///   - followsSchemas: whether arguments have to fit their schema; otherwise any object does.
    static func text(for tools: [PromptTool], maximum: Int, followsSchemas: Bool) -> String {
        var grammar = ToolGrammar()
        let calls = tools.enumerated().map { index, tool in
            let schema = followsSchemas ? JSONText(tool.parameters) : nil
            let arguments = schema.map { grammar.object($0, named: "a\(index)", depth: 0) } ?? "object"
            let name = literal(JSONText.quoted(tool.name))
            return #""{" ws "\"name\":" ws \#(name) "," ws "\"arguments\":" ws \#(arguments) ws "}""#
        }
        let more = maximum > 1 ? #" ("\n" tagged){0,\#(maximum - 1)}"# : ""
        let head = """
            root ::= call | tagged\(more)
            tagged ::= "<tool_call>" nl call nl "</tool_call>"
            call ::= \(calls.joined(separator: " | "))
            """
        let rules = grammar.rules.map { "\($0.name) ::= \($0.body)" }
        return ([head] + rules + [common]).joined(separator: "\n")
    }

    /// The expression for a value of `schema`; rules that it needs are called after `name`.
    private mutating func value(_ schema: JSONText, named name: String, depth: Int) -> String {
        guard depth < Self.deepest else { return "value" }
        if let constant = schema["const"] { return Self.literal(constant.text) }
        if let choices = schema["enum"]?.elements, !choices.isEmpty, choices.count <= Self.mostMembers {
            return "(" + choices.map { Self.literal($0.text) }.joined(separator: " | ") + ")"
        }
        if let choices = (schema["anyOf"] ?? schema["oneOf"])?.elements, !choices.isEmpty,
            choices.count <= Self.mostMembers
        {
            let alternatives = choices.enumerated().map { index, choice in
                value(choice, named: "\(name)-\(index)", depth: depth + 1)
            }
            return "(" + alternatives.joined(separator: " | ") + ")"
        }
        if let types = schema["type"]?.elements {
            let alternatives = types.enumerated().map { index, type in
                typed(type.string, schema, named: "\(name)-\(index)", depth: depth)
            }
            return alternatives.isEmpty ? "value" : "(" + alternatives.joined(separator: " | ") + ")"
        }
        return typed(schema["type"]?.string, schema, named: name, depth: depth)
    }

    private mutating func typed(_ type: String?, _ schema: JSONText, named name: String, depth: Int) -> String {
        switch type {
        case "integer": return Self.range(schema) ?? "integer"
        case "string", "number", "boolean", "null": return type ?? "value"
        case "array":
            guard let items = schema["items"] else { return "array" }
            let item = value(items, named: "\(name)-i", depth: depth + 1)
            return add("\(name)-l", #""[" ws (\#(item) ("," ws \#(item))*)? ws "]""#)
        case "object": return object(schema, named: name, depth: depth)
        default: return schema["properties"] == nil ? "value" : object(schema, named: name, depth: depth)
        }
    }

    /// The numbers of a narrow range, one by one.
    private static func range(_ schema: JSONText) -> String? {
        func bound(_ key: String) -> Int? {
            if case .number(let digits)? = schema[key] { Int(digits) } else { nil }
        }
        guard let lower = bound("minimum"), let upper = bound("maximum"), lower <= upper,
            upper.subtractingReportingOverflow(lower).overflow == false, upper - lower < mostMembers
        else { return nil }
        return "(" + (lower...upper).map { "\"\($0)\"" }.joined(separator: " | ") + ")"
    }

    /// An object's required properties in the order of the schema, then any of the others in theirs.
    private mutating func object(_ schema: JSONText, named name: String, depth: Int) -> String {
        guard case .object(let properties)? = schema["properties"], properties.count <= Self.mostMembers else {
            return "object"
        }
        guard !properties.isEmpty else { return #""{" ws "}""# }
        let required = Set(schema["required"]?.elements?.compactMap(\.string) ?? [])
        let pairs = properties.enumerated().map { index, property in
            let value = value(property.value, named: "\(name)-\(index)", depth: depth + 1)
            let pair = add("\(name)-p\(index)", "\(Self.literal(JSONText.quoted(property.key) + ":")) ws \(value)")
            return (pair: pair, isRequired: required.contains(property.key))
        }
        let needed = pairs.filter(\.isRequired).map(\.pair)
        let optional = pairs.filter { !$0.isRequired }.map(\.pair)
        let members: String
        if needed.isEmpty {
            // Without a required property a comma stands before each but the first that is there.
            let starts = optional.indices.map { first in
                ([optional[first]] + optional[(first + 1)...].map { #"("," ws \#($0))?"# }).joined(separator: " ")
            }
            members = "(" + starts.joined(separator: " | ") + ")?"
        } else {
            members =
                (Array(needed.map { [$0] }.joined(separator: [#""," ws"#])) + optional.map { #"("," ws \#($0))?"# })
                .joined(separator: " ")
        }
        return add("\(name)-o", #""{" ws \#(members) ws "}""#)
    }

    private mutating func add(_ name: String, _ body: String) -> String {
        rules.append((name, body))
        return name
    }

    /// `text` as a GBNF literal.
    private static func literal(_ text: String) -> String { JSONText.quoted(text) }
}
