/// Telephone numbers digit by digit, with a pause between the groups.
enum PhoneRules {
    static let startingWithNumber = [SpokenRule("555-1234", hyphenated)]
    static let startingWithSign = [
        SpokenRule("+1 206 555 0100", international),
        SpokenRule("(206) 555-0100", areaCode),
    ]

    private static func hyphenated(_ reader: TokenReader) -> SpokenRule.Reading? {
        for sign in ["-", "."] {
            let groups = reader.numbers(by: sign)
            if isPhoneNumber(groups.map(\.utf8.count)) {
                return SpokenRule.Reading(spoken(groups), tokens: groups.count * 2 - 1)
            }
        }
        return nil
    }

    private static func isPhoneNumber(_ lengths: [Int]) -> Bool {
        [[3, 4], [3, 3, 4], [1, 3, 3, 4], [1, 3, 4], [3, 2, 4]].contains(lengths)
    }

    private static func spoken(_ groups: [String]) -> String { groups.map(NumberWords.digits).joined(separator: ", ") }

    private static func international(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard reader[0].isSign("+"), reader[1].isNumber, reader[1].glued, !reader[0].glued else { return nil }
        let (groups, tokens) = groups(reader, at: 1)
        guard groups.count > 1 || groups[0].utf8.count >= 10, groups.map(\.utf8.count).reduce(0, +) >= 8 else {
            return nil
        }
        return SpokenRule.Reading("plus " + spoken(groups), tokens: tokens)
    }

    private static func areaCode(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard reader[0].isSign("("), reader[1].isNumber, reader[1].text.utf8.count == 3, reader[2].isGlued(")"),
            reader[3].isNumber
        else { return nil }
        let (groups, tokens) = groups(reader, at: 3)
        guard [7, 10].contains(groups.map(\.utf8.count).reduce(0, +)) else { return nil }
        return SpokenRule.Reading(spoken([reader[1].text] + groups), tokens: tokens)
    }

    /// Digit groups with a space, hyphen, period or parenthesis between them.
    private static func groups(_ reader: TokenReader, at start: Int) -> (groups: [String], tokens: Int) {
        var groups: [String] = []
        var end = start
        var next = start
        while groups.count < 8 {
            let token = reader[next]
            if token.isNumber, token.text.utf8.count <= 12 {
                groups.append(token.text)
                next += 1
                end = next
            } else if ["-", ".", "(", ")"].contains(token.text), token.kind == .sign, !groups.isEmpty,
                reader[next + 1].isNumber || reader[next + 1].kind == .sign, next - end < 2
            {
                next += 1
            } else {
                break
            }
        }
        return (groups, end)
    }
}
