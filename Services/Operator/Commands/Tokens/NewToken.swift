import Sodium

/// A secret that nobody has yet.
struct NewToken: Sendable {
    /// 256 bits: nobody finds it by trying.
    private static let randomBytes = 32

    let secret = "olp_" + Base64URL.text(SecureBytes.random(count: randomBytes))

    /// What the gateways keep of it.
    var digest: String { Hex.text(SHA256.hash(secret)) }
}
