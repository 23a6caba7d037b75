package import Storage
package import Values

/// A table of files' bytes, kept in chunks under the upload that brought them; only a whole upload becomes an import's
/// file. Columns: `upload_id`, `number` (from 0), `bytes`.
package struct ChunkTable: Sendable {
    /// Bytes in a chunk; the last one of a file may have fewer.
    package static let chunkBytes = 256 * 1024
    /// Chunks deleted in one transaction, so that the writer is not kept from others for long.
    private static let sweepStep = 32
    /// How long the chunks of an upload that broke off with its process are kept.
    private static let brokenOffLifetime = Duration.seconds(24 * 60 * 60)

    private let table: SQL

    package init(_ name: String) {
        table = "\(raw: name)"
    }

    package func append(_ bytes: [UInt8], number: Int, to upload: UUIDv7, in store: Store) async throws {
        try await store.write { writer in
            try writer.execute("INSERT INTO \(table) (upload_id, number, bytes) VALUES (\(upload), \(number), \(bytes))")
        }
    }

    package func remove(_ upload: String, in store: Store) async throws {
        try await store.deleteInSteps(Self.sweepStep) { limit in
            """
            DELETE FROM \(table) WHERE upload_id = \(upload) AND number IN (
                SELECT number FROM \(table) WHERE upload_id = \(upload) ORDER BY number LIMIT \(limit))
            """
        }
    }

    /// Ids below this one are of uploads that began long enough ago to be given up.
    package static func brokenOffBound(now: Instant) -> UUIDv7 {
        let milliseconds = (now - brokenOffLifetime).microseconds / 1000
        return UUIDv7(milliseconds: UInt64(max(0, milliseconds)), sequence: 0, random: 0)
    }
}

extension Store {
    /// Repeats a statement that deletes at most `step` rows until it finds fewer.
    package func deleteInSteps(_ step: Int, _ statement: @escaping @Sendable (Int) -> SQL) async throws {
        var removed = step
        while removed == step {
            removed = try await write { writer in try writer.execute(statement(step)) }
        }
    }
}
