/// A number as it is written: "1,234.5", ".5", "12".
struct Numeral: Sendable {
    var whole: String
    var fraction: String?
    var tokens: Int

    var isOne: Bool { whole == "1" && fraction == nil }
    var isGrouped = false

    var words: String {
        let whole = whole.isEmpty ? "" : NumberWords.cardinal(whole)
        guard let fraction else { return whole }
        return (whole.isEmpty ? "" : whole + " ") + "point " + NumberWords.digits(fraction)
    }
}

extension TokenReader {
    /// The number at an offset, with its grouping commas and its decimals.
    func numeral(at offset: Int = 0) -> Numeral? {
        if self[offset].isSign("."), self[offset + 1].isNumber, self[offset + 1].glued {
            return Numeral(whole: "", fraction: self[offset + 1].text, tokens: 2)
        }
        guard self[offset].isNumber else { return nil }
        var numeral = Numeral(whole: self[offset].text, fraction: nil, tokens: 1)
        if (1...3).contains(numeral.whole.utf8.count) {
            while self[offset + numeral.tokens].isGlued(","), isGlued(offset + numeral.tokens + 1, digits: 3) {
                numeral.whole += self[offset + numeral.tokens + 1].text
                numeral.tokens += 2
                numeral.isGrouped = true
            }
        }
        let point = offset + numeral.tokens
        if self[point].isGlued("."), self[point + 1].isNumber, self[point + 1].glued,
            !(self[point + 2].isGlued(".") && self[point + 3].isNumber && self[point + 3].glued)
        {
            numeral.fraction = self[point + 1].text
            numeral.tokens += 2
        }
        return numeral
    }

    private func isGlued(_ offset: Int, digits: Int) -> Bool {
        self[offset].glued && self[offset].isNumber && self[offset].text.utf8.count == digits
    }
}
