import ServiceKit
import Storage
import Values

/// What all gateways keep together: who may use them, how much each has used lately, and what was changed through them. Each
/// method is one transaction; SQL goes no further than this folder.
struct GatewayStore: Sendable {
    let store: Store

    // MARK: Tokens

    func openTokens(at now: Instant) async throws -> [RegisteredToken] {
        try await store.read { reader in try TokenTable.open(at: now, reader) }
    }

    func token(digest: String) async throws -> RegisteredToken? {
        try await store.read { reader in try TokenTable.find(digest: digest, reader) }
    }

    /// Newest first.
    /// - Parameter all: those that open nothing any more, too.
    func tokens(all: Bool, at now: Instant) async throws -> [RegisteredToken] {
        try await store.read { reader in
            let open = try TokenTable.open(at: now, reader)
            return (all ? open + (try TokenTable.ended(at: now, reader)) : open)
                .sorted { ($0.registeredAt, $0.id) > ($1.registeredAt, $1.id) }
        }
    }

    /// Gives the token as it is registered: again, if it was before.
    func register(_ token: RegisteredToken, _ mutation: Mutation) async throws -> RegisteredToken {
        try await store.write { writer in
            if let there = try TokenTable.find(digest: token.digest, writer) {
                guard there.label == token.label, there.expiresAt == token.expiresAt, there.revokedAt == nil else {
                    throw TokenRefusal.registeredBefore
                }
                return there
            }
            guard try TokenTable.countOpen(at: mutation.at, writer) < RegisteredToken.most else {
                throw TokenRefusal.tooMany
            }
            try TokenTable.insert(token, writer)
            try writer.recordHistory(entity: "token", id: token.id, version: 1, change: "registered", mutation)
            return token
        }
    }

    /// Nil if there is none of this id.
    func revoke(_ id: String, _ mutation: Mutation) async throws -> RegisteredToken? {
        try await store.write { writer in
            guard var token = try TokenTable.find(id: id, writer) else { return nil }
            guard token.revokedAt == nil else { return token }
            token.revokedAt = mutation.at
            try TokenTable.revoke(id, at: mutation.at, writer)
            try writer.recordHistory(entity: "token", id: id, version: 2, change: "revoked", mutation)
            return token
        }
    }

    // MARK: Rates

    /// Pays for requests in advance, for whichever gateway asks.
    func take(_ requests: Int, for token: String, _ rate: RequestRate, at now: Instant) async throws -> RateTable.Answer {
        try await store.write { writer in try RateTable.take(requests, for: token, rate, at: now, writer) }
    }

    // MARK: Audit

    func add(_ entry: AuditedRequest) async throws {
        try await store.write { writer in try AuditTable.insert(entry, writer) }
    }

    func audited(_ filter: AuditFilter, pageSize: Int, token: String) async throws -> Page<AuditedRequest> {
        let after = try PageToken.keys(token, count: 2, filters: filter.values)
        return try await store.read { reader in
            let rows = try reader.rows(filter.question(after: after, limit: pageSize + 1))
            return try Page(rows, size: pageSize, filters: filter.values) { row in
                try AuditTable.read(row)
            } keys: { row in
                [try row.value("at"), try row.value("id")]
            }
        }
    }

    /// Forgets what was answered before a moment, a part of it at a time. Returns how much went now.
    func forgetAudited(before bound: Instant) async throws -> Int {
        try await store.write { writer in try AuditTable.forget(before: bound, atMost: Self.forgottenAtOnce, writer) }
    }

    /// In small steps, so that nobody waits long for the writer.
    static let forgottenAtOnce = 500
}
