/// What texts may be. Each rule returns what the text must be, or nil if it is.
enum TextRules {
    static let longestName = 200
    static let longestEmail = 254
    static let longestReason = 1000

    static func line(_ value: String, _ longest: Int) -> String? {
        if value.unicodeScalars.contains(where: isControl) { return "must be without line breaks and control characters" }
        return value.unicodeScalars.count > longest ? "must be at most \(longest) characters" : nil
    }

    static func name(_ value: String) -> String? {
        isBlank(value) ? "must not be empty" : line(value, longestName)
    }

    /// Line breaks and tabs are allowed.
    static func reason(_ value: String) -> String? {
        let allowed: Set<Unicode.Scalar> = ["\n", "\r", "\t"]
        if value.unicodeScalars.contains(where: { isControl($0) && !allowed.contains($0) }) {
            return "must be without control characters"
        }
        return value.unicodeScalars.count > longestReason ? "must be at most \(longestReason) characters" : nil
    }

    static func email(_ value: String) -> String? {
        if value.utf8.count > longestEmail { return "must be at most \(longestEmail) characters" }
        return isEmail(value) ? nil : "must be an e-mail address, such as name@school.example"
    }

    /// Only the shape: one `@`, something before it, and a domain with a dot after it.
    static func isEmail(_ value: String) -> Bool {
        let parts = value.split(separator: "@", omittingEmptySubsequences: false)
        let hasSpace = value.unicodeScalars.contains { $0.properties.isWhitespace || isControl($0) }
        let labels = parts.count == 2 ? parts[1].split(separator: ".", omittingEmptySubsequences: false) : []
        return !hasSpace && parts.count == 2 && !parts[0].isEmpty && labels.count >= 2
            && labels.allSatisfy { !$0.isEmpty }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control
    }

    static func isBlank(_ text: String) -> Bool {
        text.allSatisfy(\.isWhitespace)
    }
}
