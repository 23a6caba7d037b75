import Foundation
import Logging
internal import Postgres
import Synchronization
import Values

/// A store in a schema of a PostgreSQL database: a thread with the one connection of this process that writes, some that
/// read, and one that hears of other processes' events. Connections are made when they are needed and made anew when
/// they break.
final class PostgresDriver: StoreDriver {
    /// The threads, once the store is open.
    private struct Threads {
        let writer: WorkerPool<PostgresSession>
        let readers: WorkerPool<PostgresSession>
        var listener: PostgresListener?
    }

    private let location: PostgresLocation
    private let service: String
    private let migrations: [Migration]
    private let limits: StoreLimits
    private let now: Instant
    private let log: Logger
    private let jitter: @Sendable () -> Double
    private let setup = Mutex<PostgresSetup?>(nil)
    private let threads = Mutex<Threads?>(nil)

    init(_ location: PostgresLocation, service: String, migrations: [Migration], limits: StoreLimits, at now: Instant,
         log: Logger, jitter: @escaping @Sendable () -> Double = { Double.random(in: 0...1) }) {
        self.location = location
        self.service = service
        self.migrations = migrations
        self.limits = limits
        self.now = now
        self.log = log
        self.jitter = jitter
    }

    deinit {
        close()
    }

    func open(_ prepare: (any StoreOpening) throws(StoreError) -> Void) throws(StoreError) {
        let setup = PostgresSetup(
            location: location, service: service, schema: try location.schema(of: service), limits: limits, log: log,
            jitter: jitter)
        try PostgresOpening.run(setup, prepare)
        let writer = try WorkerPool<PostgresSession>(
            name: "store-writer", threads: 1, limit: limits.waitingWrites, what: "writes"
        ) { use throws(StoreError) in
            use(PostgresSession(setup, .writer))
        }
        let readers = try WorkerPool<PostgresSession>(
            name: "store-reader", threads: limits.connections, limit: limits.waitingReads, what: "reads"
        ) { use throws(StoreError) in
            use(PostgresSession(setup, .reader))
        }
        self.setup.withLock { $0 = setup }
        threads.withLock { $0 = Threads(writer: writer, readers: readers) }
    }

    func tellAdditions(_ signal: @escaping @Sendable () -> Void) {
        guard let setup = setup.withLock({ $0 }) else { return }
        do throws(StoreError) {
            let listener = try PostgresListener(setup, signal)
            threads.withLock { $0?.listener = listener }
        } catch {
            log.error("cannot hear of other processes' events", metadata: ["reason": "\(error)"])
        }
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any Reader) throws -> Value) async throws -> Value {
        try await running().readers.run(abandonable: true) { session, stop in
            try session.read(stop: stop, body)
        }
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any Writer) throws -> Value) async throws -> Value {
        try await running().writer.run(write: body) { session, first, next in
            PostgresWriteGroup.run(on: session, first, next)
        }
    }

    /// Into an SQLite file with the same tables, which opens as a store of its own.
    func copy(to path: String) async throws {
        _ = try running()
        try await StoreCopy.onThread { [self] in
            try StoreFile.writeCopy(to: path) { partial throws(StoreError) in
                let target = try Store(opening: .sqlite(path: partial), service: service, migrations: migrations, at: now,
                                       log: log)
                defer { _ = unsafe unlink(FileLease.path(for: partial)) }
                defer { target.close() }
                do {
                    _ = try StoreCopy.copy(self, target.driver, like: nil) { _ in }
                } catch {
                    throw error as? StoreError ?? StoreError(.internal, "The copy failed.", cause: "\(type(of: error))")
                }
            }
        }
    }

    var snapshotPath: String { "\(NSTemporaryDirectory())/olp-\(service)-\(getpid()).snapshot" }

    func readHere(_ body: (any Reader) throws -> Void) throws {
        try PostgresSession(opened(), .opener).readAtLength(body)
    }

    func writeHere(_ body: (any Writer) throws -> Void) throws {
        try PostgresSession(opened(), .opener).writeAtLength(body)
    }

    func tables(_ reader: any Reader) throws(StoreError) -> [TableOutline] {
        try PostgresCatalogue.tables(reader)
    }

    private func opened() throws(StoreError) -> PostgresSetup {
        guard let setup = setup.withLock({ $0 }) else {
            throw StoreError(.unavailable, "The store is not open yet.")
        }
        return setup
    }

    var load: StoreLoad {
        let threads = threads.withLock { $0 }
        return StoreLoad(waitingReads: threads?.readers.waiting ?? 0, waitingWrites: threads?.writer.waiting ?? 0)
    }

    var isShared: Bool { true }

    var writeCounts: WriteCounts { setup.withLock { $0?.counts.value } ?? WriteCounts(writes: 0, commits: 0) }

    func close() {
        guard let threads = threads.withLock({ $0 }) else { return }
        threads.readers.close()
        threads.writer.close()
        threads.listener?.close()
    }

    private func running() throws(StoreError) -> Threads {
        guard let threads = threads.withLock({ $0 }) else {
            throw StoreError(.unavailable, "The store is not open yet.")
        }
        return threads
    }
}
