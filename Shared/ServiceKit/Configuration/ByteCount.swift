/// A number of bytes, written as `1048576`, `512KiB`, `4MiB` or `1GiB`.
package struct ByteCount: ConfigurationValue, Hashable, Comparable {
    package static var placeholder: String { "BYTES" }

    package let bytes: Int

    package init(_ bytes: Int) {
        self.bytes = bytes
    }

    package static func kibibytes(_ count: Int) -> ByteCount { ByteCount(count << 10) }
    package static func mebibytes(_ count: Int) -> ByteCount { ByteCount(count << 20) }

    package static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }

    /// Largest first, so that the first one that divides a count is the one to show it in.
    private static let units: [(suffix: String, shift: Int)] = [("GiB", 30), ("MiB", 20), ("KiB", 10), ("", 0)]

    package init(configurationText text: String) throws(UnreadableValue) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let unit = Self.units.first(where: { $0.suffix == text[digits.endIndex...] }),
            let amount = Int(digits), amount <= Int.max >> unit.shift
        else { throw UnreadableValue("it must be a number of bytes such as 65536, 512KiB, 4MiB or 1GiB") }
        bytes = amount << unit.shift
    }

    package var configurationText: String {
        let unit = Self.units.first { bytes != 0 && bytes % (1 << $0.shift) == 0 } ?? ("", 0)
        return "\(bytes >> unit.shift)\(unit.suffix)"
    }
}
