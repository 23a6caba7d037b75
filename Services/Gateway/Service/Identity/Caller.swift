import Sodium

/// Who makes a request, as the services' history will name it.
package struct Caller: Hashable, Sendable {
    /// Of whoever has a token.
    static let tokenKind = "token"
    /// Digits of its digest that name a token in histories.
    private static let idDigits = 12

    /// Stable, and no secret.
    let id: String
    /// How it was identified.
    let kind: String

    init(id: String, kind: String) {
        self.id = id
        self.kind = kind
    }

    init(tokenDigest digest: [UInt8]) {
        self.init(id: "token-\(Hex.text(digest).prefix(Self.idDigits))", kind: Self.tokenKind)
    }
}
