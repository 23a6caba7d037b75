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

func temporaryStore(_ migrations: [Migration] = shelves, limits: StoreLimits = .standard) throws -> Store {
    try Store(opening: .temporary, service: "library", migrations: migrations, at: noon, limits: limits, log: quiet)
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
func eventually(_ condition: () throws -> Bool) async -> Bool {
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
