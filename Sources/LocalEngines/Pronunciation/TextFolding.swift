import Foundation

/// Brings any text down to ASCII and a handful of currency and degree signs, so that the rules after it see one spelling
/// of everything: "naïve" → "naive", "“hi”" → "\"hi\"", "½" → " 1/2", "≤" → " less than or equal to ".
///
/// What no English reader could say (emoji, scripts other than Latin, control characters) becomes a word boundary.
enum TextFolding {
    /// The signs beyond ASCII which later rules know by themselves.
    static let keptSigns: Set<Unicode.Scalar> = ["€", "£", "¥", "₹", "₩", "¢", "°"]

    static func fold(_ text: String) -> [Unicode.Scalar] {
        var folded: [Unicode.Scalar] = []
        folded.reserveCapacity(text.utf8.count)
        var afterReturn = false
        for scalar in text.unicodeScalars {
            let followsReturn = afterReturn
            afterReturn = scalar == "\r"
            switch scalar.value {
            case 0x20..<0x7F: folded.append(scalar)
            case 0x0A: if !followsReturn { folded.append("\n") }
            case 0x0D, 0x0B, 0x0C, 0x85, 0x2028, 0x2029: folded.append("\n")
            case 0..<0x80: folded.append(" ")
            default: fold(scalar, into: &folded)
            }
        }
        return folded
    }

    private static func fold(_ scalar: Unicode.Scalar, into folded: inout [Unicode.Scalar]) {
        if keptSigns.contains(scalar) {
            folded.append(scalar)
        } else if let replacement = replacements[scalar] {
            folded.append(contentsOf: replacement.unicodeScalars)
        } else if let letterName = greekLetters[scalar] {
            folded.append(contentsOf: " \(letterName) ".unicodeScalars)
        } else if isInvisible(scalar) {
            return
        } else if scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue {
            folded.append(contentsOf: String(Int(value)).unicodeScalars)
        } else if hasLatinCounterpart(scalar) {
            decompose(scalar, into: &folded)
        } else {
            folded.append(" ")
        }
    }

    private static func decompose(_ scalar: Unicode.Scalar, into folded: inout [Unicode.Scalar]) {
        var said = false
        for part in String(scalar).decomposedStringWithCompatibilityMapping.unicodeScalars {
            if part.isASCII {
                folded.append(part.value < 0x20 ? " " : part)
            } else if keptSigns.contains(part) {
                folded.append(part)
            } else if let replacement = replacements[part] {
                folded.append(contentsOf: replacement.unicodeScalars)
            } else {
                continue
            }
            said = true
        }
        if !said { folded.append(" ") }
    }

    /// Combining marks, joiners and the like belong to the letter before them: they must not end its word.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: true
        default: false
        }
    }

    /// The blocks in which compatibility decomposition finds Latin letters, digits or signs. Asking it for every scalar of
    /// a Chinese text would only cost time.
    private static func hasLatinCounterpart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xA0...0x2AF, 0x1D00...0x1EFF, 0x2000...0x24FF, 0x3000, 0x3300...0x33FF, 0xFB00...0xFB06, 0xFF00...0xFFEF,
            0x1D400...0x1D7FF:
            true
        default: false
        }
    }

    private static let replacements: [Unicode.Scalar: String] = [
        // Quotes, dashes, dots.
        "‘": "'", "’": "'", "ʼ": "'", "‛": "'", "′": "'", "´": "'", "“": "\"", "”": "\"", "„": "\"", "«": "\"",
        "»": "\"",
        "″": "\"", "–": "-", "‐": "-", "‑": "-", "‒": "-", "−": "-", "—": " -- ", "―": " -- ", "…": "...", "·": " ",
        "•": " ", "¿": " ", "¡": " ", "。": ". ", "、": ", ", "，": ", ", "！": "! ", "？": "? ",
        // Letters which do not decompose.
        "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
        "đ": "d",
        "Đ": "D", "ð": "th", "Ð": "Th", "þ": "th", "Þ": "Th", "ı": "i", "ħ": "h", "Ħ": "H", "ŋ": "ng", "Ŋ": "Ng",
        "ə": "e",
        "ƒ": "f", "ĳ": "ij",
        // Mathematics.
        "×": " times ", "÷": " divided by ", "±": " plus or minus ", "√": " square root of ", "∞": " infinity ",
        "≤": " less than or equal to ", "≥": " greater than or equal to ", "≠": " not equal to ",
        "≈": " approximately ", "≡": " equivalent to ", "∑": " sum of ", "∫": " integral of ", "∂": " partial ",
        "∆": " delta ", "∈": " in ", "∪": " union ", "∩": " intersection ", "⁄": "/", "∕": "/", "∗": "*",
        "⋅": " times ",
        "¹": "^1", "²": "^2", "³": "^3", "⁴": "^4", "⁵": "^5", "⁶": "^6", "⁷": "^7", "⁸": "^8", "⁹": "^9", "⁻": "-",
        "½": " 1/2", "¼": " 1/4", "¾": " 3/4", "⅓": " 1/3", "⅔": " 2/3", "⅕": " 1/5", "⅖": " 2/5", "⅗": " 3/5",
        "⅘": " 4/5",
        "⅙": " 1/6", "⅚": " 5/6", "⅛": " 1/8", "⅜": " 3/8", "⅝": " 5/8", "⅞": " 7/8", "‰": " per mille ",
        // Signs with names, and signs which are only printed.
        "→": " to ", "⇒": " to ", "§": " section ", "©": " copyright ", "™": " ", "®": " ", "№": " No. ", "µ": "u",
        "℃": "°C",
        "℉": "°F", "Ω": " ohms ", "º": "°", "₿": " bitcoin ", "₽": " rubles ",
    ]

    private static let greekLetters: [Unicode.Scalar: String] = [
        "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
        "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau",
        "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "gamma", "Δ": "delta", "Θ": "theta", "Λ": "lambda",
        "Ξ": "xi", "Π": "pi", "Σ": "sigma", "Φ": "phi", "Ψ": "psi", "Ω": "omega",
    ]
}
