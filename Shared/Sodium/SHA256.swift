import CSodium

/// SHA-256 (FIPS 180-4), 32 bytes.
package enum SHA256 {
    package static let byteCount = 32

    package static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var stream = SHA256Stream()
        stream.update(bytes)
        return stream.finish()
    }

    /// Of the text's UTF-8.
    package static func hash(_ text: String) -> [UInt8] {
        hash(Array(text.utf8))
    }
}

/// SHA-256 of bytes that come piece by piece.
package struct SHA256Stream: Sendable {
    private var state = crypto_hash_sha256_state()

    package init() {
        requireSodium()
        unsafe crypto_hash_sha256_init(&state)
    }

    package mutating func update(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            _ = unsafe crypto_hash_sha256_update(&state, buffer.baseAddress, UInt64(buffer.count))
        }
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        let base = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        _ = unsafe crypto_hash_sha256_update(&state, base, UInt64(bytes.count))
    }

    /// The digest of everything so far. The stream itself may go on.
    package func finish() -> [UInt8] {
        var copy = self
        return unsafe [UInt8](unsafeUninitializedCapacity: SHA256.byteCount) { buffer, count in
            _ = unsafe crypto_hash_sha256_final(&copy.state, buffer.baseAddress!)
            count = SHA256.byteCount
        }
    }
}
