/// 64 bits that tell contents apart: FNV-1a over each field's length and bytes. Kept beside a row, so
/// that a file that changes nothing needs no more than this to be compared.
enum ContentDigest {
    static func of(_ contents: [(field: String, value: String)]) -> Int64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for (_, value) in contents {
            add(UInt8(truncatingIfNeeded: value.utf8.count), to: &hash)
            for byte in value.utf8 { add(byte, to: &hash) }
        }
        return Int64(bitPattern: hash)
    }

    static func of(_ bytes: [UInt8]) -> Int64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { add(byte, to: &hash) }
        return Int64(bitPattern: hash)
    }

    private static func add(_ byte: UInt8, to hash: inout UInt64) {
        hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }
}
