/// Names as they are compared and looked up: small letters without accents and apostrophes, one space
/// between words. "O'Neill" and "O’Neill" are one name.
enum NameKey {
    /// More words than any name has.
    static let mostWords = 20

    static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "a"..."z", "0"..."9": word.unicodeScalars.append(scalar)
            case "A"..."Z": word += scalar.properties.lowercaseMapping
            case "'", "’", "‘", "`", "´", "ʼ", "′", "\u{300}"..."\u{36F}": continue
            default:
                if let letters = folded(scalar) {
                    word += letters
                } else if !word.isEmpty {
                    words.append(word)
                    word = ""
                }
            }
        }
        if !word.isEmpty { words.append(word) }
        return Array(words.prefix(mostWords))
    }

    static func key(_ text: String) -> String {
        words(text).joined(separator: " ")
    }

    /// Letters without their accents; nil for what is no letter.
    private static func folded(_ scalar: Unicode.Scalar) -> String? {
        if let plain = plain[scalar] { return plain }
        return scalar.properties.isAlphabetic ? scalar.properties.lowercaseMapping : nil
    }

    private static let plain: [Unicode.Scalar: String] = {
        let groups: [(String, String)] = [
            ("a", "àáâãäåāăąạảấầẩẫậắằẳẵặ"), ("ae", "æ"), ("c", "çćĉċč"), ("d", "ðďđ"), ("e", "èéêëēĕėęěẹẻẽếềểễệ"),
            ("g", "ĝğġģ"), ("h", "ĥħ"), ("i", "ìíîïĩīĭįıỉịİ"), ("j", "ĵ"), ("k", "ķ"), ("l", "ĺļľŀł"), ("n", "ñńņň"),
            ("o", "òóôõöøōŏőơọỏốồổỗộớờởỡợ"), ("oe", "œ"), ("r", "ŕŗř"), ("s", "śŝşšș"), ("ss", "ß"), ("t", "ţťŧț"),
            ("th", "þ"), ("u", "ùúûüũūŭůűųưụủứừửữự"), ("w", "ŵẁẃẅ"), ("y", "ýÿŷỳỵỷỹ"), ("z", "źżž"),
        ]
        var map: [Unicode.Scalar: String] = [:]
        for (letters, accented) in groups {
            for scalar in accented.unicodeScalars {
                map[scalar] = letters
                let capital = scalar.properties.uppercaseMapping.unicodeScalars
                if let only = capital.first, capital.count == 1, !only.isASCII { map[only] = letters }
            }
        }
        return map
    }()
}
