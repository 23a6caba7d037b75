package import Logging

/// A kind of value that a configuration key can have.
package protocol ConfigurationValue: Sendable {
    /// What `--help` shows in place of a value, such as "SECONDS".
    static var placeholder: String { get }
    /// Reads the value as people write it.
    init(configurationText text: String) throws(UnreadableValue)
    /// The value as it would be written; used for defaults in `--help`.
    var configurationText: String { get }
}

extension String: ConfigurationValue {
    package static var placeholder: String { "TEXT" }

    package init(configurationText text: String) throws(UnreadableValue) {
        self = text
    }

    package var configurationText: String { self }
}

extension Int: ConfigurationValue {
    package static var placeholder: String { "NUMBER" }

    package init(configurationText text: String) throws(UnreadableValue) {
        guard let value = Int(text) else { throw UnreadableValue("it must be a whole number") }
        self = value
    }

    package var configurationText: String { String(self) }
}

extension Bool: ConfigurationValue {
    package static var placeholder: String { "true|false" }

    package init(configurationText text: String) throws(UnreadableValue) {
        guard let value = Bool(text) else { throw UnreadableValue("it must be true or false") }
        self = value
    }

    package var configurationText: String { String(self) }
}

extension Duration: ConfigurationValue {
    package static var placeholder: String { "DURATION" }

    private static let units: [(suffix: String, size: Duration)] = [
        ("ms", .milliseconds(1)), ("s", .seconds(1)), ("m", .seconds(60)), ("h", .seconds(3600)),
    ]
    /// Longest time that can be written; keeps sums of durations far from overflow.
    private static let maximumAmount: Int64 = 1_000_000_000

    package init(configurationText text: String) throws(UnreadableValue) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = Self.units.first { $0.suffix == text[digits.endIndex...] }
        guard let unit, let amount = Int64(digits), amount <= Self.maximumAmount else {
            throw UnreadableValue("it must be a whole number with a unit: 250ms, 10s, 5m or 1h")
        }
        self = unit.size * Int(amount)
    }

    package var configurationText: String {
        let unit = Self.units.last { self != .zero && self.isMultiple(of: $0.size) } ?? Self.units[1]
        return "\(Int64(self / unit.size))\(unit.suffix)"
    }

    private func isMultiple(of other: Duration) -> Bool {
        other * Int((self / other).rounded(.down)) == self
    }
}

extension Logger.Level: ConfigurationValue {
    package static var placeholder: String { "LEVEL" }

    package init(configurationText text: String) throws(UnreadableValue) {
        guard let level = Logger.Level(rawValue: text) else {
            throw UnreadableValue("it must be one of " + Self.allCases.map(\.rawValue).joined(separator: ", "))
        }
        self = level
    }

    package var configurationText: String { rawValue }
}
