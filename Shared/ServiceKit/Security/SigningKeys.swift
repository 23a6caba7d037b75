import Sodium

/// A public key that signatures are checked with: 32 bytes of Ed25519, written as 43 characters of base64url.
package struct SigningKey: Hashable, Sendable, CustomStringConvertible {
    package static let textLength = 43

    let bytes: [UInt8]

    package var text: String { Base64URL.text(bytes) }
    package var description: String { text }

    /// - Throws: what is wrong with the text, without quoting it.
    package init(_ text: String) throws(UnreadableValue) {
        guard text.utf8.count == Self.textLength, let bytes = Base64URL.bytes(text),
            bytes.count == Ed25519.publicKeyByteCount
        else { throw UnreadableValue("a signing key has \(Self.textLength) characters of base64url") }
        self.bytes = bytes
    }

    init(_ pair: Ed25519KeyPair) { bytes = pair.publicKey }

    func isValid(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        Ed25519.isValid(signature, of: message, by: bytes)
    }
}

/// A secret key to sign with. It shows its public key only.
package struct SigningKeyPair: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    private let pair: Ed25519KeyPair

    package var publicKey: SigningKey { SigningKey(pair) }
    /// For its file.
    package var secretText: String { Base64URL.text(pair.seed) }
    package var description: String { "the signing keys of \(publicKey)" }
    package var debugDescription: String { description }

    /// New keys, from the system's randomness.
    package static func make() -> SigningKeyPair {
        guard let pair = Ed25519KeyPair(seed: SecureBytes.random(count: Ed25519.seedByteCount)) else {
            preconditionFailure("a seed of the right length makes keys")
        }
        return SigningKeyPair(pair)
    }

    /// - Throws: what is wrong with the text, without quoting it.
    package init(secretText: String) throws(UnreadableValue) {
        guard let seed = Base64URL.bytes(secretText), let pair = Ed25519KeyPair(seed: seed) else {
            throw UnreadableValue("a secret signing key has \(SigningKey.textLength) characters of base64url")
        }
        self.init(pair)
    }

    private init(_ pair: Ed25519KeyPair) { self.pair = pair }

    func sign(_ message: [UInt8]) -> [UInt8] { pair.sign(message) }
}

/// The public keys of those who may say who acts, from a file of one `NAME KEY` a line.
package struct SigningKeyList: Hashable, Sendable {
    package private(set) var keys: [SigningKey] = []

    /// - Throws: ``Problem`` with the line.
    package init(text: String) throws(Problem) {
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let words = line.split(maxSplits: 2, whereSeparator: \.isWhitespace)
            guard let name = words.first, !name.hasPrefix("#") else { continue }
            guard words.count > 1 else { throw Problem(line: index + 1, reason: "the key of \(name) is missing") }
            do throws(UnreadableValue) {
                keys.append(try SigningKey(String(words[1])))
            } catch {
                throw Problem(line: index + 1, reason: error.expectation)
            }
        }
    }

    package init(_ keys: [SigningKey]) { self.keys = keys }

    /// A list that cannot be used, and why.
    package struct Problem: Error, Hashable, Sendable {
        /// From 1.
        package let line: Int
        package let reason: String
    }
}
