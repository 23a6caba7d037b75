/// A postcode of the United Kingdom by its form; whether it is in use is not known here.
package struct Postcode: Hashable, Comparable, Sendable {
    /// Area and district, such as "M33".
    package let outward: String
    /// Sector and unit, such as "5AB".
    package let inward: String

    /// "M33 5AB": capitals, one space.
    package var text: String { outward + " " + inward }

    /// Reads any mixture of cases, with or without the space. Nil if it has not the form of a postcode.
    package init?(_ text: some StringProtocol) {
        var bytes = trimmed(text).filter { $0 != UInt8(ascii: " ") }
        for index in bytes.indices where (0x61...0x7A).contains(bytes[index]) { bytes[index] -= 0x20 }
        guard (5...7).contains(bytes.count) else { return nil }
        let inward = bytes.suffix(3)
        let outward = bytes.dropLast(3)
        guard Self.isInward(inward), Self.isOutward(outward) else { return nil }
        self.outward = String(decoding: outward, as: UTF8.self)
        self.inward = String(decoding: inward, as: UTF8.self)
    }

    package static func < (left: Postcode, right: Postcode) -> Bool { left.text < right.text }

    /// Whether the text, in capitals and without spaces, has the form of an outward code: one or two
    /// letters, a digit, and a digit or letter or neither. `GIR` is the one exception.
    package static func isOutward(_ bytes: some Collection<UInt8>) -> Bool {
        let bytes = Array(bytes)
        if bytes == Array("GIR".utf8) { return true }
        let letters = bytes.prefix(while: isLetter).count
        let rest = bytes.dropFirst(letters)
        guard (1...2).contains(letters), (1...2).contains(rest.count), let first = rest.first, isDigit(first) else {
            return false
        }
        return rest.dropFirst().allSatisfy { isDigit($0) || isLetter($0) }
    }

    /// Whether the text has the form of an inward code: a digit and two letters that are none of
    /// C, I, K, M, O and V.
    package static func isInward(_ bytes: some Collection<UInt8>) -> Bool {
        let bytes = Array(bytes)
        return bytes.count == 3 && isDigit(bytes[0]) && bytes.dropFirst().allSatisfy {
            isLetter($0) && !unusedInside.contains($0)
        }
    }

    private static let unusedInside = Array("CIKMOV".utf8)

    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

extension Postcode: CustomStringConvertible {
    package var description: String { text }
}
