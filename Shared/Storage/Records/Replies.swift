package import Values

extension Store {
    /// Does what a request asks exactly once. If its key was used before: with the same request, the
    /// reply of then is returned and `body` is not run; with another, fails as `keyReused`. Otherwise
    /// runs `body` and keeps its reply, in one transaction with everything that `body` writes. A
    /// request that `body` rejects by throwing leaves no trace, so it may be tried again.
    package func mutate(
        _ mutation: Mutation, _ body: @escaping @Sendable (any Writer) throws -> [UInt8]
    ) async throws -> [UInt8] {
        guard let key = mutation.key else { return try await write(body) }
        return try await write { writer in
            if let reply = try writer.storedReply(to: mutation, key: key) { return reply }
            let reply = try body(writer)
            try writer.storeReply(reply, to: mutation, key: key)
            return reply
        }
    }

    /// Forgets replies older than `Mutation.keyLifetime`. A key is good until it is forgotten, so a
    /// service calls this now and then. Returns how many went.
    @discardableResult
    package func purgeExpiredKeys(now: Instant) async throws -> Int {
        let bound = now - Mutation.keyLifetime
        var total = 0
        while true {
            // In small steps, so that the writer is never kept from others for long.
            let count = try await write { writer in
                try writer.execute("""
                    DELETE FROM store_replies WHERE (principal, method, idempotency_key) IN (
                        SELECT principal, method, idempotency_key FROM store_replies
                        WHERE created_at <= \(bound) ORDER BY created_at LIMIT \(Store.purgeStep))
                    """)
            }
            total += count
            if count < Store.purgeStep { return total }
        }
    }

    /// Replies forgotten in one transaction.
    package static let purgeStep = 500
}

extension Writer {
    fileprivate func storedReply(to mutation: Mutation, key: String) throws(StoreError) -> [UInt8]? {
        guard let row = try row("""
            SELECT request_digest, reply FROM store_replies
            WHERE principal = \(mutation.principal) AND method = \(mutation.method) AND idempotency_key = \(key)
            """) else { return nil }
        guard try row.blob(0) == mutation.requestDigest else {
            throw StoreError(.keyReused, "The idempotency key was used before for another request of "
                + "\(mutation.method). Use a new key for a new request.")
        }
        return try row.blob(1)
    }

    fileprivate func storeReply(_ reply: [UInt8], to mutation: Mutation, key: String) throws(StoreError) {
        try executeUnseen("""
            INSERT INTO store_replies (principal, method, idempotency_key, request_digest, reply, created_at)
            VALUES (\(mutation.principal), \(mutation.method), \(key), \(mutation.requestDigest), \(reply),
                    \(mutation.at))
            """)
    }
}
