/// Code lists of the register.
enum RegisterTypes {
    /// Types of establishment. An unknown one is kept and reported: the list grows every few years.
    static let establishment: Set<String> = [
        "01", "02", "03", "05", "06", "07", "08", "10", "11", "12", "14", "15", "18", "24", "25", "26", "27", "28",
        "29", "30", "31", "32", "33", "34", "35", "36", "37", "38", "39", "40", "41", "42", "43", "44", "45", "46",
        "49", "56", "57",
    ]

    static let group: Set<String> = ["01", "02", "05", "06", "07", "08", "09", "10", "11"]

    /// Two digits, as in a download; what is no number stays as it is.
    static func padded(_ code: String, to width: Int) -> String {
        guard code.utf8.count < width, !code.isEmpty, code.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return code
        }
        return String(repeating: "0", count: width - code.utf8.count) + code
    }

    /// Without noughts before it, for codes that a download writes bare.
    static func bare(_ code: String) -> String {
        guard code.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return code }
        let rest = code.drop { $0 == "0" }
        return rest.isEmpty && !code.isEmpty ? "0" : String(rest)
    }
}
