import Sodium

/// SHA-256 of a copy's bytes as they come, in hexadecimal.
struct BackupDigest {
    private var stream = SHA256Stream()
    private(set) var count: Int64 = 0

    mutating func update(_ bytes: [UInt8]) {
        stream.update(bytes)
        count += Int64(bytes.count)
    }

    mutating func finish() -> String { Hex.text(stream.finish()) }

    static func text(of bytes: [UInt8]) -> String {
        var digest = BackupDigest()
        digest.update(bytes)
        return digest.finish()
    }
}
