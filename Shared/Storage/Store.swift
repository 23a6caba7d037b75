package import Logging
package import Values

/// A service's own store: rows, history, replies to keyed requests, and the feed of its events.
/// One process at a time has an SQLite store open; any number have one in PostgreSQL.
package final class Store: Sendable {
    package let service: String
    let driver: any StoreDriver
    let wakeUps = WakeUps()
    let copyTurn = CopyTurn()
    private let writeHealth = WriteHealth()

    /// Takes the lease, brings the tables up to date (keeping a copy before), and starts the threads.
    /// Blocks; call it once, when the process starts. `now` is when that is.
    /// With `mustExist` a place without a store is refused instead of being given one.
    package init(opening location: StoreLocation, service: String, migrations: [Migration], at now: Instant,
                 limits: StoreLimits = .standard, mustExist: Bool = false, log: Logger) throws(StoreError) {
        if mustExist, case .sqlite(let path) = location { try StoreFile.checkExists(path) }
        self.service = service
        let migrator = try Migrator(service: service, migrations: migrations, at: now, log: log)
        let driver: any StoreDriver = switch location {
        case .sqlite, .temporary: try SQLiteDriver(location, service: service, limits: limits, at: now)
        case .postgres(let place):
            PostgresDriver(place, service: service, migrations: migrations, limits: limits, at: now, log: log)
        }
        do throws(StoreError) {
            try driver.open { opening throws(StoreError) in try migrator.run(opening, mustExist: mustExist) }
        } catch {
            driver.close()
            throw error
        }
        driver.tellAdditions { [wakeUps] in wakeUps.signal() }
        self.driver = driver
        log.info("opened the store", metadata: ["service": "\(service)"])
    }

    /// Reads one moment of the store on one of its threads. Ends with `CancellationError` as soon as
    /// the task is cancelled. Keep bodies short: there are few threads (`StoreLimits.readers`).
    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (any Reader) throws -> Value
    ) async throws -> Value {
        try await driver.read(body)
    }

    /// How many writes were kept since the store was opened, and by how many commits.
    package var writeCounts: WriteCounts { driver.writeCounts }

    /// One transaction. Returns when it is on disk; if `body` or the store throws, nothing is kept.
    /// `body` may be run again, so it must have no effect but through its writer, and it must not
    /// wait. A task cancelled while its work waits is answered with `CancellationError`, and the work
    /// is not done; once begun, it is finished.
    @discardableResult
    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (any Writer) throws -> Value
    ) async throws -> Value {
        do {
            let (value, appendedEvents) = try await driver.write { writer in
                let value = try body(writer)
                return (value, writer.effects.appendedEvents)
            }
            writeHealth.note(nil)
            if appendedEvents { wakeUps.signal() }
            return value
        } catch let error as StoreError {
            writeHealth.note(error)
            throw error
        }
    }

    /// Answers if the store reads, and, after a write that failed for want of disk, also writes
    /// again; otherwise throws why not. Cancel the task to bound it.
    package func health() async throws -> StoreLoad {
        _ = try await read { reader in try reader.row("SELECT last_position FROM store_feed") }
        if writeHealth.hasFailed {
            try await write { writer in
                _ = try writer.execute("UPDATE store_feed SET last_position = last_position")
            }
        }
        return driver.load
    }

    /// Writes a whole copy of one moment to `path`, readable by its owner only. The service goes on.
    package func copy(to path: String) async throws {
        try await driver.copy(to: path)
    }

    /// Lets waiting work finish, ends every wait for events, and gives the file free. Blocks; not to
    /// be called from inside a body. May be called again.
    package func close() {
        wakeUps.finish()
        driver.close()
    }

    deinit {
        close()
    }
}
