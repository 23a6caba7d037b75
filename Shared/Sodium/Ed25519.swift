import CSodium

/// Signatures by Ed25519 (RFC 8032): who has the secret seed signs, who has the public key checks.
package enum Ed25519 {
    package static let seedByteCount = 32
    package static let publicKeyByteCount = 32
    package static let signatureByteCount = 64

    /// Whether the holder of `publicKey` signed `message`. False too if key or signature have another length.
    package static func isValid(_ signature: [UInt8], of message: [UInt8], by publicKey: [UInt8]) -> Bool {
        requireSodium()
        guard signature.count == signatureByteCount, publicKey.count == publicKeyByteCount else { return false }
        return unsafe crypto_sign_verify_detached(signature, message, UInt64(message.count), publicKey) == 0
    }
}

/// A seed with the keys that follow from it. It shows its public key only.
package struct Ed25519KeyPair: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package let publicKey: [UInt8]
    /// 32 bytes; whoever has them can sign.
    package let seed: [UInt8]
    /// Seed and public key, as libsodium wants them.
    private let secretKey: [UInt8]

    /// - Returns: nil unless the seed has 32 bytes.
    package init?(seed: [UInt8]) {
        requireSodium()
        guard seed.count == Ed25519.seedByteCount else { return nil }
        var publicKey = [UInt8](repeating: 0, count: Ed25519.publicKeyByteCount)
        var secretKey = [UInt8](repeating: 0, count: Ed25519.seedByteCount + Ed25519.publicKeyByteCount)
        unsafe crypto_sign_seed_keypair(&publicKey, &secretKey, seed)
        self.seed = seed
        self.publicKey = publicKey
        self.secretKey = secretKey
    }

    package func sign(_ message: [UInt8]) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: Ed25519.signatureByteCount)
        unsafe crypto_sign_detached(&signature, nil, message, UInt64(message.count), secretKey)
        return signature
    }

    package var description: String { "the signing keys of \(Hex.text(publicKey))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey]) }
}
