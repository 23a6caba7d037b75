import CSodium

/// Bytes from the kernel's generator, fit for keys and tokens.
package enum SecureBytes {
    package static func random(count: Int) -> [UInt8] {
        requireSodium()
        guard count > 0 else { return [] }
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            unsafe randombytes_buf(buffer.baseAddress!, count)
            initialized = count
        }
    }

    /// Takes the same time wherever the two differ, so that a guesser learns nothing from it. Only
    /// the lengths are no secret.
    package static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        requireSodium()
        guard left.count == right.count else { return false }
        guard !left.isEmpty else { return true }
        return unsafe left.withUnsafeBufferPointer { left in
            unsafe right.withUnsafeBufferPointer { right in
                unsafe sodium_memcmp(left.baseAddress!, right.baseAddress!, left.count) == 0
            }
        }
    }
}
