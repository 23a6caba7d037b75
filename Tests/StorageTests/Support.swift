import Dispatch
import Foundation
import Logging
@testable import Storage
import Synchronization
import TestSupport
import Values

let noon = Instant(rfc3339: "2026-03-02T12:00:00Z")!

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Two tables that refer to each other, as a service might have.
let shelves = [
    Migration(name: "001_create_shelves", sql: [
        "CREATE TABLE shelves (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE, version BIGINT NOT NULL)",
    ]),
    Migration(name: "002_create_books", sql: [
        """
        CREATE TABLE books (
            id TEXT NOT NULL PRIMARY KEY, shelf_id TEXT NOT NULL REFERENCES shelves (id),
            pages BIGINT NOT NULL CONSTRAINT some_pages CHECK (pages > 0), cover \(.bytes)
        )
        """,
    ]),
]

/// A folder for one test, removed when the test lets go of it.
final class TestFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "olp-storage-tests-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    var store: String { path + "/shelves.db" }

    func open(_ migrations: [Migration] = shelves, service: String = "library", at now: Instant = noon,
              limits: StoreLimits = .standard) throws -> Store {
        try Store(opening: .sqlite(path: store), service: service, migrations: migrations, at: now, limits: limits,
                  log: quiet)
    }

    func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }
}

/// A place for a store on one engine, that can be opened again: a file in a folder of its own, or a schema or database.
final class TestPlace: Sendable {
    let engine: Engine
    /// What `StoreLocation` reads.
    let text: String
    /// The database of its own on PostgreSQL; nil: a schema of its own in a database of many.
    let database: String?
    private let folder: TestFolder

    /// - Parameter canBeCopied: whether `copy` will be asked for. On PostgreSQL it takes a database of its own, which
    ///   costs more than a schema.
    convenience init(_ engine: Engine, canBeCopied: Bool = false) throws {
        let database = canBeCopied && engine == .postgres ? try SharedPostgres.makeDatabase() : nil
        try self.init(engine, folder: TestFolder(), database: database)
    }

    private init(_ engine: Engine, folder: TestFolder, database: String?) throws {
        self.engine = engine
        self.folder = folder
        self.database = database
        text = switch engine {
        case .sqlite: "sqlite:" + folder.store
        case .postgres:
            try database.map { try SharedPostgres.cluster.url(database: $0) }
                ?? SharedPostgres.cluster.url(schema: TestStore.schema(of: folder.store))
        }
    }

    func open(_ migrations: [Migration] = shelves, service: String = "library", at now: Instant = noon,
              limits: StoreLimits = .standard) throws -> Store {
        try Store(opening: StoreLocation(text), service: service, migrations: migrations, at: now, limits: limits,
                  log: quiet)
    }

    /// What stands for the place in `TestStore`: the store's file on SQLite.
    var path: String { folder.store }

    /// Another place with all that is in this one. Nobody may have it open.
    func copy() throws -> TestPlace {
        let copied = try TestFolder()
        switch engine {
        case .sqlite:
            try FileManager.default.copyItem(atPath: folder.store, toPath: copied.store)
            return try TestPlace(engine, folder: copied, database: nil)
        case .postgres:
            return try TestPlace(engine, folder: copied, database: SharedPostgres.makeDatabase(copyOf: database))
        }
    }
}

extension TestPlace {
    /// A table of somebody else's.
    func addForeignTable() async throws {
        let statement = "CREATE TABLE theirs (a BIGINT)"
        switch engine {
        case .sqlite:
            let connection = try WorkerPool<SQLiteConnection>(name: "other", threads: 1, limit: 1, what: "reads") {
                [folder] use throws(StoreError) in
                try SQLiteConnection.open(path: folder.store, role: .writer, lockWait: .seconds(1), use: use)
            }
            _ = try connection.runBlocking { connection throws(StoreError) in
                try connection.rows(SQL(raw: statement), stop: nil)
            }
            connection.close()
        case .postgres:
            let schema = TestStore.schema(of: folder.store)
            try await SharedPostgres.cluster.execute("CREATE SCHEMA \(schema)", statement, schema: schema)
        }
    }
}

extension StoreError {
    var constraint: Constraint? {
        if case .constraint(let constraint) = code { constraint } else { nil }
    }
}

/// A store that is never opened again.
func temporaryStore(_ engine: Engine = .sqlite, _ migrations: [Migration] = shelves,
                    limits: StoreLimits = .standard) throws -> Store {
    try Store(opening: TestStore.location(on: engine), service: "library", migrations: migrations, at: noon,
              limits: limits, log: quiet)
}

extension Writer {
    func addShelf(_ id: String, name: String? = nil) throws(StoreError) {
        try execute("INSERT INTO shelves (id, name, version) VALUES (\(id), \(name ?? id), 1)")
    }
}

extension Reader {
    func shelfCount() throws -> Int64 {
        try row("SELECT count(*) FROM shelves")!.int(0)
    }
}

func mutation(key: String?, request: String = "request", at now: Instant = noon, version: Int64 = 1) -> Mutation {
    Mutation(principal: "someone", method: "olp.Library/AddShelf", key: key,
             requestDigest: Mutation.digest(of: Array(request.utf8)), actor: Actor(id: "someone", kind: "token"),
             reason: "tidying", at: now, requestID: "r-1")
}

func event(_ number: Int) -> StoredEvent {
    StoredEvent(id: "event-\(number)", type: "shelf.added", subject: "s", subjectVersion: Int64(number), at: noon,
                actor: Actor(id: "someone", kind: "token"), payloadType: "olp.Shelf", payload: [1, 2, UInt8(number)])
}

/// The error that `body` throws as a store's error.
func storeError(_ body: () async throws -> Void) async -> StoreError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? StoreError
    }
}

func code(_ body: () async throws -> Void) async -> StoreError.Code? {
    await storeError(body)?.code
}

/// Whether the condition comes true. The bound is for a test that fails: with all suites at once on two cores, what
/// takes a millisecond alone may come half a minute later.
func eventually(_ condition: () async throws -> Bool) async -> Bool {
    (try? await poll(until: "the condition holds", timeout: .seconds(120), interval: .milliseconds(1), condition)) != nil
}

/// A number that any thread may raise.
final class Tally: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .sequentiallyConsistent) }
    func raise() { count.add(1, ordering: .sequentiallyConsistent) }
}

/// Keeps a store's thread busy until it is opened.
final class Gate: Sendable {
    private let entered = Tally()
    private let semaphore = DispatchSemaphore(value: 0)

    /// Called on a store's thread.
    func pass() {
        entered.raise()
        semaphore.wait()
    }

    func waitUntilReached() async -> Bool {
        await eventually { entered.value > 0 }
    }

    func open() {
        semaphore.signal()
    }
}
