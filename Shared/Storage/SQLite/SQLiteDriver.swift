import Synchronization
import Values

/// A store in one SQLite file: a thread with the one connection that writes, and some that read.
/// Readers never wait for the writer (write-ahead log), and it never waits for them.
final class SQLiteDriver: StoreDriver {
    private let file: StoreFile
    private let lease: FileLease
    private let limits: StoreLimits
    private let counts = WriteCounter()
    private let writer: WorkerPool<SQLiteConnection>
    /// Absent until the store is opened: there may be no table yet.
    private let readers = Mutex<WorkerPool<SQLiteConnection>?>(nil)

    init(_ location: StoreLocation, service: String, limits: StoreLimits, at now: Instant) throws(StoreError) {
        let file = try StoreFile(location)
        do throws(StoreError) {
            self.file = file
            self.limits = limits
            lease = try FileLease(for: file.path, service: service, at: now)
            writer = try WorkerPool(name: "store-writer", threads: 1, limit: limits.waitingWrites, what: "writes") {
                use throws(StoreError) in
                try SQLiteConnection.open(path: file.path, role: .writer, lockWait: limits.lockWait, use: use)
            }
        } catch {
            file.removeIfTemporary()
            throw error
        }
    }

    deinit {
        close()
    }

    func open(_ prepare: (any StoreOpening) throws(StoreError) -> Void) throws(StoreError) {
        try prepare(SQLiteOpening(file: file, writer: writer))
        try startReading()
    }

    /// The lease sees to that.
    var isShared: Bool { false }

    private func startReading() throws(StoreError) {
        let path = file.path
        let lockWait = limits.lockWait
        let pool = try WorkerPool<SQLiteConnection>(
            name: "store-reader", threads: limits.readers, limit: limits.waitingReads, what: "reads"
        ) { use throws(StoreError) in
            try SQLiteConnection.open(path: path, role: .reader, lockWait: lockWait, use: use)
        }
        readers.withLock { $0 = pool }
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any Reader) throws -> Value) async throws -> Value {
        try await readingPool().run(abandonable: true) { connection, stop in
            try SQLiteReader.transaction(on: connection, stop: stop, body)
        }
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any Writer) throws -> Value) async throws -> Value {
        try await writer.run(write: body) { [limits, counts] connection, first, next in
            SQLiteWriteGroup.run(on: connection, limits, counts, first, next)
        }
    }

    func copy(to path: String) async throws {
        try await readingPool().run(abandonable: false) { connection, _ in
            try StoreFile.writeCopy(to: path) { partial throws(StoreError) in try connection.copy(to: partial) }
        }
    }

    var snapshotPath: String { file.path + ".snapshot" }

    func readHere(_ body: (any Reader) throws -> Void) throws {
        try here(.reader) { connection in try SQLiteReader.transaction(on: connection, stop: StopFlag(), body) }
    }

    func writeHere(_ body: (any Writer) throws -> Void) throws {
        try here(.writer) { connection in try SQLiteWriter.transaction(on: connection, body) }
    }

    private func here(_ role: SQLiteConnection.Role, _ body: (SQLiteConnection) throws -> Void) throws {
        var failure: (any Error)?
        try SQLiteConnection.open(path: file.path, role: role, lockWait: limits.lockWait) { connection in
            do { try body(connection) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    func tables(_ reader: any Reader) throws(StoreError) -> [TableOutline] {
        let names = try reader.rows("""
            SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name
            """)
        return try names.map { row throws(StoreError) in
            let name = try row.text(0)
            let columns = try reader.rows("SELECT name, pk FROM pragma_table_info(\(name)) ORDER BY cid")
            let key = try reader.rows("SELECT name FROM pragma_table_info(\(name)) WHERE pk > 0 ORDER BY pk")
            let parents = try reader.rows("SELECT DISTINCT \"table\" FROM pragma_foreign_key_list(\(name))")
            return TableOutline(
                name: name, columns: try columns.map { row throws(StoreError) in try row.text(0) },
                key: try key.map { row throws(StoreError) in try row.text(0) },
                parents: Set(try parents.map { row throws(StoreError) in try row.text(0) }).subtracting([name]))
        }
    }

    var load: StoreLoad {
        StoreLoad(waitingReads: readers.withLock { $0?.waiting ?? 0 }, waitingWrites: writer.waiting)
    }

    var writeCounts: WriteCounts { counts.value }

    /// The writer's connection goes last: it moves the log into the file.
    func close() {
        readers.withLock { $0 }?.close()
        writer.close()
        lease.release()
        file.removeIfTemporary()
    }

    private func readingPool() throws(StoreError) -> WorkerPool<SQLiteConnection> {
        guard let pool = readers.withLock({ $0 }) else {
            throw StoreError(.unavailable, "The store is not open yet.")
        }
        return pool
    }
}

/// What is done on the writer's thread before the store serves.
struct SQLiteOpening: StoreOpening {
    let file: StoreFile
    let writer: WorkerPool<SQLiteConnection>

    func isBlank() throws(StoreError) -> Bool {
        try rows("SELECT 1 FROM sqlite_master LIMIT 1").isEmpty
    }

    func hasTable(_ name: String) throws(StoreError) -> Bool {
        try !rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = \(name)").isEmpty
    }

    func rows(_ sql: SQL) throws(StoreError) -> [Row] {
        try writer.runBlocking { connection throws(StoreError) in try connection.rows(sql, stop: nil) }
    }

    func keepCopy(before migration: String, at now: Instant) throws(StoreError) -> String {
        let path = file.copyPath(before: migration, at: now)
        try writer.runBlocking { connection throws(StoreError) in
            try StoreFile.writeCopy(to: path) { partial throws(StoreError) in try connection.copy(to: partial) }
        }
        file.removeOldCopies()
        return path
    }

    /// Rebuilding a table drops the old one, which would count as breaking every reference to it. So
    /// references are not enforced on the way, but all of them are checked before the commit.
    func migrate(_ body: @escaping @Sendable (any Writer) throws(StoreError) -> Void) throws(StoreError) {
        try writer.runBlocking { connection throws(StoreError) in
            _ = try connection.rows("PRAGMA foreign_keys = OFF", stop: nil)
            let result: Result<Void, StoreError>
            do {
                try SQLiteWriter.transaction(on: connection) { writer in
                    try body(writer)
                    if let broken = try writer.row("PRAGMA foreign_key_check") {
                        let tables = try "\(broken.text("table")) → \(broken.text("parent"))"
                        throw StoreError(.constraint(StoreError.Constraint(kind: .foreignKey, name: tables)),
                                         "The migrations leave rows that refer to nothing (\(tables)).")
                    }
                }
                result = .success(())
            } catch {
                result = .failure(error as? StoreError ?? StoreError(.internal, "A migration failed."))
            }
            _ = try connection.rows("PRAGMA foreign_keys = ON", stop: nil)
            connection.forgetPrepared()
            guard try connection.row("PRAGMA foreign_keys")?.values.first == .int(1) else {
                throw StoreError(.unavailable, "The store's file would not keep its references, so it is not used.")
            }
            try result.get()
        }
    }
}

extension SQLiteConnection {
    /// The whole store of this moment, compact, into an empty file. Not inside a transaction.
    fileprivate func copy(to path: String) throws(StoreError) {
        _ = try rows("VACUUM INTO \(path)", stop: nil)
    }
}
