/// An identifier that sorts by the time at which it was made (RFC 9562, version 7).
package struct UUIDv7: Hashable, Comparable, Sendable {
    /// The first and the last eight bytes, most significant first.
    package let high: UInt64
    package let low: UInt64

    /// `milliseconds` since 1970, of which 48 bits are kept; 12 bits of `sequence`; 62 bits of `random`.
    package init(milliseconds: UInt64, sequence: UInt16, random: UInt64) {
        high = milliseconds << 16 | 0x7000 | UInt64(sequence & 0x0FFF)
        low = 0x8000_0000_0000_0000 | (random & 0x3FFF_FFFF_FFFF_FFFF)
    }

    /// Reads the usual 36 characters in either case; nil unless it is of version 7.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 36 else { return nil }
        var halves: (UInt64, UInt64) = (0, 0)
        var digits = 0
        for (index, byte) in bytes.enumerated() {
            if Self.hyphens.contains(index) {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let value = Self.nibble(byte) else { return nil }
            if digits < 16 { halves.0 = halves.0 << 4 | value } else { halves.1 = halves.1 << 4 | value }
            digits += 1
        }
        guard halves.0 & 0xF000 == 0x7000, halves.1 >> 62 == 0b10 else { return nil }
        (high, low) = halves
    }

    /// Milliseconds since 1970 at which it says it was made.
    package var milliseconds: UInt64 { high >> 16 }

    /// 36 characters, small letters.
    package var text: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(36)
        for half in [high, low] {
            for shift in stride(from: 60, through: 0, by: -4) {
                if Self.hyphens.contains(bytes.count) { bytes.append(UInt8(ascii: "-")) }
                bytes.append(Self.alphabet[Int(half >> UInt64(shift) & 0xF)])
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    package static func < (left: UUIDv7, right: UUIDv7) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    private static let hyphens = [8, 13, 18, 23]
    private static let alphabet = Array("0123456789abcdef".utf8)

    private static func nibble(_ byte: UInt8) -> UInt64? {
        switch byte {
        case 0x30...0x39: UInt64(byte - 0x30)
        case 0x41...0x46: UInt64(byte - 0x41 + 10)
        case 0x61...0x66: UInt64(byte - 0x61 + 10)
        default: nil
        }
    }
}

extension UUIDv7: CustomStringConvertible {
    package var description: String { text }
}
