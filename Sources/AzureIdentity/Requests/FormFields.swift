/// Names and values as `application/x-www-form-urlencoded`, for a body or a query.
struct FormFields: ExpressibleByDictionaryLiteral, Sendable {
    private var fields: [(name: String, value: String)]

    init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { (name: $0.0, value: $0.1) }
    }

    mutating func append(_ name: String, _ value: String) {
        fields.append((name, value))
    }

    static func + (left: FormFields, right: FormFields) -> FormFields {
        var sum = left
        sum.fields += right.fields
        return sum
    }

    /// Everything but letters, digits and `-._~` as the percent-encoded bytes of its UTF-8.
    var encoded: String {
        fields.map { "\(Self.encode($0.name))=\(Self.encode($0.value))" }.joined(separator: "&")
    }

    private static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        var encoded = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            if scalar.isASCII, scalar.properties.isAlphabetic || "0123456789-._~".unicodeScalars.contains(scalar) {
                encoded.unicodeScalars.append(scalar)
            } else {
                encoded += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
        return encoded
    }
}
