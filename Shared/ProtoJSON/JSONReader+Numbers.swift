extension JSONReader {
    /// A whole number, as a number or in quotes; `1.0` and `1e3` are whole too. Exact over the type's range.
    package mutating func integer<Integer: FixedWidthInteger>(
        _ type: Integer.Type = Integer.self
    ) throws(JSONError) -> Integer {
        skipSpace()
        let position = at
        let number = try readQuotedOrPlainNumber("a whole number")
        guard let value = number.whole(as: type) else {
            throw error("expected a whole number from \(Integer.min) to \(Integer.max)", at: position)
        }
        return value
    }

    /// A number, also in quotes, or "NaN", "Infinity", "-Infinity".
    package mutating func double() throws(JSONError) -> Double {
        skipSpace()
        let position = at
        if let special = try readSpecialNumber() { return special }
        let number = try readQuotedOrPlainNumber("a number")
        guard let value = Double(number.text), value.isFinite else {
            throw error("the number is too large", at: position)
        }
        return value
    }

    package mutating func float() throws(JSONError) -> Float {
        skipSpace()
        let position = at
        if let special = try readSpecialNumber() { return Float(special) }
        let number = try readQuotedOrPlainNumber("a number")
        guard let value = Float(number.text), value.isFinite else {
            throw error("the number is too large", at: position)
        }
        return value
    }

    /// An enum's value by name, or by number; `find` knows the names.
    package mutating func enumNumber(
        names: @autoclosure () -> [String], _ find: (String) -> Int32?
    ) throws(JSONError) -> Int32 {
        skipSpace()
        guard isAtString else {
            guard at < bytes.count, Self.canBeginNumber(bytes[at]) else {
                throw error("expected one of \(names().joined(separator: ", "))")
            }
            return try integer()
        }
        let position = at
        guard let number = find(try readString()) else {
            throw error("expected one of \(names().joined(separator: ", "))", at: position)
        }
        return number
    }

    // MARK: Keys of maps, which JSON always writes in quotes

    package func integerKey<Integer: FixedWidthInteger>(
        _ key: String, _ type: Integer.Type = Integer.self
    ) throws(JSONError) -> Integer {
        var reader = JSONReader(Array(key.utf8))
        guard let number = try? reader.readNumber(), reader.at == reader.bytes.count,
            let value = number.whole(as: type)
        else {
            throw error("the key must be a whole number from \(Integer.min) to \(Integer.max)")
        }
        return value
    }

    package func boolKey(_ key: String) throws(JSONError) -> Bool {
        switch key {
        case "true": return true
        case "false": return false
        default: throw error("the key must be true or false")
        }
    }

    // MARK: Digits

    private static func canBeginNumber(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || isDigit(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private mutating func readSpecialNumber() throws(JSONError) -> Double? {
        guard isAtString else { return nil }
        var ahead = self
        let value: Double
        switch try ahead.readString() {
        case "NaN": value = .nan
        case "Infinity": value = .infinity
        case "-Infinity": value = -.infinity
        default: return nil
        }
        self = ahead
        return value
    }

    private mutating func readQuotedOrPlainNumber(_ what: String) throws(JSONError) -> NumberToken {
        guard isAtString else {
            guard at < bytes.count, Self.canBeginNumber(bytes[at]) else { throw error("expected \(what)") }
            return try readNumber()
        }
        let position = at
        var reader = JSONReader(Array(try readString().utf8))
        guard let number = try? reader.readNumber(), reader.at == reader.bytes.count else {
            throw error("expected \(what)", at: position)
        }
        return number
    }

    /// The number that begins here, by JSON's grammar.
    mutating func readNumber() throws(JSONError) -> NumberToken {
        let start = at
        if at < bytes.count, bytes[at] == UInt8(ascii: "-") { at += 1 }
        let whole = skipDigits()
        guard !whole.isEmpty else { throw error("expected a value", at: start) }
        guard whole.count == 1 || bytes[whole.lowerBound] != UInt8(ascii: "0") else {
            throw error("a number may not begin with 0", at: start)
        }
        var fraction = at..<at
        if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
            at += 1
            fraction = skipDigits()
            guard !fraction.isEmpty else { throw error("expected a digit after the point") }
        }
        var exponent = 0
        if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            exponent = try readExponent()
        }
        return NumberToken(
            isNegative: bytes[start] == UInt8(ascii: "-"), whole: bytes[whole], fraction: bytes[fraction],
            exponent: exponent, text: String(decoding: bytes[start..<at], as: UTF8.self))
    }

    private mutating func skipDigits() -> Range<Int> {
        let start = at
        while at < bytes.count, Self.isDigit(bytes[at]) { at += 1 }
        return start..<at
    }

    private mutating func readExponent() throws(JSONError) -> Int {
        let isNegative = at < bytes.count && bytes[at] == UInt8(ascii: "-")
        if at < bytes.count, isNegative || bytes[at] == UInt8(ascii: "+") { at += 1 }
        let digits = skipDigits()
        guard !digits.isEmpty else { throw error("expected a digit in the exponent") }
        // Beyond this every number is infinite or zero.
        let bound = 100_000
        let value = bytes[digits].reduce(0) { min(bound, $0 * 10 + Int($1 - UInt8(ascii: "0"))) }
        return isNegative ? -value : value
    }
}

/// A number as it is written.
struct NumberToken {
    let isNegative: Bool
    let whole: ArraySlice<UInt8>
    let fraction: ArraySlice<UInt8>
    let exponent: Int
    let text: String

    /// The exact value, or nil if it is not whole or does not fit.
    func whole<Integer: FixedWidthInteger>(as type: Integer.Type) -> Integer? {
        var digits = Array(whole) + Array(fraction)
        var exponent = exponent - fraction.count
        while exponent < 0, let last = digits.popLast() {
            guard last == UInt8(ascii: "0") else { return nil }
            exponent += 1
        }
        var value: Integer = 0
        for digit in digits {
            guard let next = appending(Integer(digit - UInt8(ascii: "0")), to: value) else { return nil }
            value = next
        }
        while exponent > 0, value != 0 {
            guard let next = appending(0, to: value) else { return nil }
            value = next
            exponent -= 1
        }
        return value
    }

    private func appending<Integer: FixedWidthInteger>(_ digit: Integer, to value: Integer) -> Integer? {
        let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
        let (sum, carry) = isNegative
            ? shifted.subtractingReportingOverflow(digit) : shifted.addingReportingOverflow(digit)
        return overflow || carry ? nil : sum
    }
}
