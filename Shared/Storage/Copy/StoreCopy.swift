import Foundation
package import Logging
package import Values

/// Moves a store to another place, also of another engine: every table's rows, the feed with its id and positions
/// included, so that followers go on as if nothing had happened.
///
/// The copy is of one moment and is one transaction: it is whole, or nothing of it is there. Afterwards the number of rows
/// and a checksum of each table are compared, both computed here from the rows in the order of their key.
package struct StoreCopy: Sendable {
    /// One table that was copied.
    package struct Table: Hashable, Sendable {
        package let name: String
        package let rows: Int64
        /// SHA-256 of its rows, in hexadecimal; the same at both places.
        package let checksum: String
    }

    /// How far a copy is. Told at the beginning of each table, and after each batch of rows.
    package struct Progress: Hashable, Sendable {
        package let table: String
        package let rows: Int64
        package let tablesDone: Int
        package let tables: Int
    }

    private let service: String
    private let migrations: [Migration]
    private let now: Instant
    private let log: Logger

    /// As for `Store`: both places are brought to these migrations before.
    package init(service: String, migrations: [Migration], at now: Instant, log: Logger) {
        self.service = service
        self.migrations = migrations
        self.now = now
        self.log = log
    }

    /// Copies all of an existing store to a place that holds no rows yet. An SQLite file must not be in use; a store in
    /// PostgreSQL may be, but what is written while the copy runs is not in it.
    package func run(
        from source: StoreLocation, to target: StoreLocation, progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) async throws -> [Table] {
        guard source != target else {
            throw StoreError(.internal, "A store cannot be copied onto itself. Give another place to copy to.")
        }
        return try await Self.onThread {
            let from = try open(source, existing: true)
            defer { from.close() }
            let to = try open(target, existing: false)
            defer { to.close() }
            let new = try open(.temporary, existing: false)
            defer { new.close() }
            return try Self.copy(from.driver, to.driver, like: new.driver, progress)
        }
    }

    private func open(_ location: StoreLocation, existing: Bool) throws(StoreError) -> Store {
        try Store(opening: location, service: service, migrations: migrations, at: now, mustExist: existing, log: log)
    }

    /// Blocks, on this thread.
    /// - Parameter new: What the target must be like; nil: it is known to be new.
    static func copy(
        _ source: any StoreDriver, _ target: any StoreDriver, like new: (any StoreDriver)?, _ progress: @escaping (Progress) -> Void
    ) throws -> [Table] {
        var tables: [Table] = []
        func copy(like new: (any Reader)?) throws {
            try source.readHere { reader in
                try target.writeHere { writer in
                    tables = try RowCopier(
                        reader, try source.tables(reader), writer, try target.tables(writer), like: new, progress
                    ).run()
                }
            }
        }
        if let new { try new.readHere { try copy(like: $0) } } else { try copy(like: nil) }
        return tables
    }

    /// Store work blocks, which it must not do on the threads that tasks share.
    static func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                Thread.current.name = "store-copy"
                continuation.resume(with: Result { try body() })
            }
            thread.stackSize = 2 << 20
            thread.start()
        }
    }
}
