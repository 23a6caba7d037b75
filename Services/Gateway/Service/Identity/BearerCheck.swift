import Sodium

/// Finds out who makes a request from its Authorization field. It keeps digests of tokens, not the tokens.
package struct BearerCheck: Sendable {
    /// Longer than any token of ours; more is not even hashed.
    private static let maximumBytes = 4096

    enum Outcome: Hashable {
        case caller(Caller)
        /// No bearer token at all.
        case missing
        /// One that is not ours.
        case wrong
        /// Whether it is ours cannot be seen now.
        case unavailable
    }

    private let digest: [UInt8]
    /// Who has the token of the token file.
    let owner: Caller
    private let book: TokenBook?

    /// - Parameter token: the one in the token file.
    package init(token: String) { self.init(token: token, book: nil) }

    /// - Parameter book: the registered ones; nil: there are none.
    init(token: String, book: TokenBook?) {
        digest = SHA256.hash(token)
        owner = Caller(tokenDigest: digest)
        self.book = book
    }

    func outcome(authorization fields: [String]) async -> Outcome {
        guard let field = fields.first, fields.count == 1, field.utf8.count <= Self.maximumBytes else {
            return fields.isEmpty ? .missing : .wrong
        }
        let words = field.split(separator: " ", omittingEmptySubsequences: true)
        guard words.count == 2, words[0].lowercased() == "bearer" else { return .missing }
        let given = SHA256.hash(String(words[1]))
        if SecureBytes.areEqual(given, digest) { return .caller(owner) }
        return switch await book?.holder(of: given) {
        case .caller(let caller): .caller(caller)
        case .unavailable: .unavailable
        case .unknown, nil: .wrong
        }
    }
}
