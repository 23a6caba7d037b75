/// UK Provider Reference Number: eight digits, the first of which is 1.
package struct UKPRN: Hashable, Comparable, Sendable {
    /// 10,000,000 to 19,999,999.
    package let number: Int32

    package init?(number: Int) {
        guard (10_000_000...19_999_999).contains(number) else { return nil }
        self.number = Int32(number)
    }

    /// Reads eight digits.
    package init?(_ text: some StringProtocol) {
        let bytes = trimmed(text)
        guard bytes.count == 8, let number = decimal(bytes) else { return nil }
        self.init(number: number)
    }

    package static func < (left: UKPRN, right: UKPRN) -> Bool { left.number < right.number }
}

extension UKPRN: CustomStringConvertible {
    package var description: String { String(number) }
}
