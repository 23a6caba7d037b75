/// Teacher Reference Number: seven digits, and not all noughts.
package struct TRN: Hashable, Comparable, Sendable {
    /// 1 to 9,999,999.
    package let number: Int32

    package init?(number: Int) {
        guard (1...9_999_999).contains(number) else { return nil }
        self.number = Int32(number)
    }

    /// Reads seven digits. People also write `12/34567` and `RP12/34567`: the letters and the slash
    /// are left out.
    package init?(_ text: some StringProtocol) {
        var bytes = trimmed(text)
        if bytes.starts(with: [UInt8(ascii: "R"), UInt8(ascii: "P")]) { bytes.removeFirst(2) }
        if bytes.count == 8, bytes[2] == UInt8(ascii: "/") { bytes.remove(at: 2) }
        guard bytes.count == 7, let number = decimal(bytes) else { return nil }
        self.init(number: number)
    }

    package var text: String { padded(number, 7) }

    package static func < (left: TRN, right: TRN) -> Bool { left.number < right.number }
}

extension TRN: CustomStringConvertible {
    package var description: String { text }
}
