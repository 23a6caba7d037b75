import Sodium

/// Finds out who makes a request from its Authorization field. It keeps the token's digest, not the token.
package struct BearerCheck: Sendable {
    /// Longer than any token of ours; more is not even hashed.
    private static let maximumBytes = 4096
    /// Digits of the digest that name a token in histories.
    private static let idDigits = 12

    enum Outcome: Hashable {
        case caller(Caller)
        /// No bearer token at all.
        case missing
        /// One that is not ours.
        case wrong
    }

    private let digest: [UInt8]
    private let caller: Caller

    package init(token: String) {
        digest = SHA256.hash(token)
        caller = Caller(id: "token-\(Hex.text(digest).prefix(Self.idDigits))", kind: "token")
    }

    func outcome(authorization fields: [String]) -> Outcome {
        guard let field = fields.first, fields.count == 1, field.utf8.count <= Self.maximumBytes else {
            return fields.isEmpty ? .missing : .wrong
        }
        let words = field.split(separator: " ", omittingEmptySubsequences: true)
        guard words.count == 2, words[0].lowercased() == "bearer" else { return .missing }
        return SecureBytes.areEqual(SHA256.hash(String(words[1])), digest) ? .caller(caller) : .wrong
    }
}
