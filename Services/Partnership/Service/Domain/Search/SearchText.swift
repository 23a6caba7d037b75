/// The words of a name, as a search compares them: small ASCII letters, without apostrophes and
/// accents, "Saint" and "St." as `st`, "CofE" and "C of E" as `ce`, "&" as `and`.
enum SearchText {
    /// More words than any name has.
    static let mostWords = 40

    static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        func finish() {
            guard !word.isEmpty else { return }
            words.append(String(decoding: word, as: UTF8.self))
            word.removeAll(keepingCapacity: true)
        }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "a"..."z", "0"..."9":
                word.append(UInt8(scalar.value))
            case "A"..."Z":
                word.append(UInt8(scalar.value) + 0x20)
            case "'", "’", "‘", "`", "´", "ʼ", "′":
                continue
            case "." where word.count == 1:
                // The dots of "R.C."; the one of "St.Mary" parts two words.
                continue
            case "&":
                finish()
                words.append("and")
            default:
                guard let letters = folded(scalar) else {
                    finish()
                    continue
                }
                word.append(contentsOf: letters.utf8)
            }
        }
        finish()
        return Array(canonical(words).prefix(mostWords))
    }

    /// What names are sorted by.
    static func sortKey(_ text: String) -> String {
        words(text).joined(separator: " ")
    }

    private static func canonical(_ words: [String]) -> [String] {
        var result: [String] = []
        var index = 0
        while index < words.count {
            switch words[index] {
            case "saint":
                result.append("st")
            case "cofe":
                result.append("ce")
            case "c" where words.dropFirst(index + 1).starts(with: ["of", "e"]):
                result.append("ce")
                index += 2
            default:
                result.append(words[index])
            }
            index += 1
        }
        return result
    }

    /// Latin letters without their accents; nil for what is no letter.
    private static func folded(_ scalar: Unicode.Scalar) -> String? {
        if (0x300...0x36F).contains(scalar.value) { return "" }
        if let letters = letters[scalar.value] { return letters }
        return scalar.properties.isAlphabetic ? scalar.properties.lowercaseMapping : nil
    }

    /// Latin-1, Latin Extended-A and the Welsh letters beyond.
    private static let letters: [UInt32: String] = {
        let groups: [(String, String)] = [
            ("a", "àáâãäåāăąÀÁÂÃÄÅĀĂĄ"), ("ae", "æÆ"), ("c", "çćĉċčÇĆĈĊČ"), ("d", "ðďđÐĎĐ"), ("e", "èéêëēĕėęěÈÉÊËĒĔĖĘĚ"),
            ("g", "ĝğġģĜĞĠĢ"), ("h", "ĥħĤĦ"), ("i", "ìíîïĩīĭįıÌÍÎÏĨĪĬĮİ"), ("j", "ĵĴ"), ("k", "ķĶ"), ("l", "ĺļľŀłĹĻĽĿŁ"),
            ("n", "ñńņňÑŃŅŇ"), ("o", "òóôõöøōŏőÒÓÔÕÖØŌŎŐ"), ("oe", "œŒ"), ("r", "ŕŗřŔŖŘ"), ("s", "śŝşšŚŜŞŠ"), ("ss", "ß"),
            ("t", "ţťŧŢŤŦ"), ("th", "þÞ"), ("u", "ùúûüũūŭůűųÙÚÛÜŨŪŬŮŰŲ"), ("w", "ŵẁẃẅŴẀẂẄ"), ("y", "ýÿŷỳÝŸŶỲ"), ("z", "źżžŹŻŽ"),
        ]
        var map: [UInt32: String] = [:]
        for (letters, accented) in groups {
            for scalar in accented.unicodeScalars { map[scalar.value] = letters }
        }
        return map
    }()
}
