import Storage
import Values

/// A secret that opens the gateways, as they know it.
struct RegisteredToken: Hashable, Sendable {
    /// Most that open anything at a time.
    static let most = 1000

    var id: String
    /// SHA-256 of the secret, in hexadecimal digits.
    var digest: String
    var label: String
    var registeredAt: Instant
    var expiresAt: Instant?
    var revokedAt: Instant?

    func isOpen(at now: Instant) -> Bool {
        revokedAt == nil && (expiresAt.map { $0 > now } ?? true)
    }
}

/// Why a token is not registered.
enum TokenRefusal: Error, Hashable, Sendable {
    /// With another label or end, or revoked since.
    case registeredBefore
    case tooMany
}

enum TokenTable {
    private static let columns = "id, digest, label, registered_at, expires_at, revoked_at"

    static func find(digest: String, _ reader: any Reader) throws(StoreError) -> RegisteredToken? {
        try reader.row("SELECT \(raw: columns) FROM tokens WHERE digest = \(digest)").map(read)
    }

    static func find(id: String, _ reader: any Reader) throws(StoreError) -> RegisteredToken? {
        try reader.row("SELECT \(raw: columns) FROM tokens WHERE id = \(id)").map(read)
    }

    static func open(at now: Instant, _ reader: any Reader) throws(StoreError) -> [RegisteredToken] {
        try all("""
            SELECT \(raw: columns) FROM tokens WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > \(now))
            ORDER BY registered_at DESC, id DESC LIMIT \(RegisteredToken.most)
            """, reader)
    }

    static func ended(at now: Instant, _ reader: any Reader) throws(StoreError) -> [RegisteredToken] {
        try all("""
            SELECT \(raw: columns) FROM tokens WHERE revoked_at IS NOT NULL OR expires_at <= \(now)
            ORDER BY registered_at DESC, id DESC LIMIT \(RegisteredToken.most)
            """, reader)
    }

    static func countOpen(at now: Instant, _ reader: any Reader) throws(StoreError) -> Int64 {
        try reader.row("""
            SELECT COUNT(*) FROM tokens WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > \(now))
            """)?.int(0) ?? 0
    }

    static func insert(_ token: RegisteredToken, _ writer: any Writer) throws(StoreError) {
        try writer.execute("""
            INSERT INTO tokens (id, digest, label, registered_at, expires_at)
            VALUES (\(token.id), \(token.digest), \(token.label), \(token.registeredAt), \(token.expiresAt.sqlValue))
            """)
    }

    static func revoke(_ id: String, at now: Instant, _ writer: any Writer) throws(StoreError) {
        try writer.execute("UPDATE tokens SET revoked_at = \(now) WHERE id = \(id)")
    }

    private static func all(_ sql: SQL, _ reader: any Reader) throws(StoreError) -> [RegisteredToken] {
        var tokens: [RegisteredToken] = []
        for row in try reader.rows(sql) { tokens.append(try read(row)) }
        return tokens
    }

    private static func read(_ row: Row) throws(StoreError) -> RegisteredToken {
        RegisteredToken(
            id: try row.text(0), digest: try row.text(1), label: try row.text(2), registeredAt: try row.instant(3),
            expiresAt: try row.optionalInstant(4), revokedAt: try row.optionalInstant(5))
    }
}
