import Logging

/// Builds one line of JSON: an object of texts, with nested metadata as nested objects.
struct JSONLine {
    /// Keys that every line has.
    static let reserved: Set<String> = ["time", "level", "service", "message"]

    private var text = "{"

    /// The object, closed, and a newline.
    var finished: String { text + "}\n" }

    mutating func add(_ key: String, _ value: String) {
        addKey(key)
        Self.append(value, to: &text)
    }

    mutating func add(_ key: String, _ value: Logger.MetadataValue) {
        addKey(key)
        Self.append(value, to: &text)
    }

    private mutating func addKey(_ key: String) {
        if text.utf8.count > 1 { text += "," }
        Self.append(key, to: &text)
        text += ":"
    }

    private static func append(_ value: Logger.MetadataValue, to text: inout String) {
        switch value {
        case .string(let value): append(value, to: &text)
        case .stringConvertible(let value as Int): text += String(value)
        case .stringConvertible(let value as Int64): text += String(value)
        case .stringConvertible(let value as Double) where value.isFinite: text += "\(value)"
        case .stringConvertible(let value as Bool): text += String(value)
        case .stringConvertible(let value): append(value.description, to: &text)
        case .array(let values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += "," }
                append(value, to: &text)
            }
            text += "]"
        case .dictionary(let values):
            var object = JSONLine()
            for (key, value) in values.sorted(by: { $0.key < $1.key }) { object.add(key, value) }
            text += object.text + "}"
        }
    }

    private static func append(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F || (0x2028...0x2029).contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
