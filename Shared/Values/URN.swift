/// Unique Reference Number of an establishment in the official register. A school that becomes an
/// academy gets a new one.
package struct URN: Hashable, Comparable, Sendable {
    /// 1 to 9,999,999. The register's are of five or six digits so far.
    package let number: Int32

    package init?(number: Int) {
        guard (1...9_999_999).contains(number) else { return nil }
        self.number = Int32(number)
    }

    /// Reads one to seven digits.
    package init?(_ text: some StringProtocol) {
        let bytes = trimmed(text)
        guard bytes.count <= 7, let number = decimal(bytes) else { return nil }
        self.init(number: number)
    }

    package static func < (left: URN, right: URN) -> Bool { left.number < right.number }
}

extension URN: CustomStringConvertible {
    package var description: String { String(number) }
}
