import Values

/// What a database engine must offer. `Store` is written against this alone.
protocol StoreDriver: Sendable {
    func read<Value: Sendable>(_ body: @escaping @Sendable (any Reader) throws -> Value) async throws -> Value

    /// Returns when the transaction is on disk. A driver may run a body again, and may put several
    /// bodies under one commit, each in a savepoint.
    func write<Value: Sendable>(_ body: @escaping @Sendable (any Writer) throws -> Value) async throws -> Value

    /// Called once, before any other work; blocks. `prepare` brings the tables up to date, alone with the store: no
    /// other process does so at the same time.
    func open(_ prepare: (any StoreOpening) throws(StoreError) -> Void) throws(StoreError)

    /// Calls `signal` each time that another process added events, and when it may have been missed.
    func tellAdditions(_ signal: @escaping @Sendable () -> Void)

    /// One moment of the store, on a connection of its own and on the calling thread. Blocks; for long work that is no
    /// business of the service's, such as copying.
    func readHere(_ body: (any Reader) throws -> Void) throws
    /// One transaction, in the same way. Keeps other writers waiting.
    func writeHere(_ body: (any Writer) throws -> Void) throws
    /// The tables of the store.
    func tables(_ reader: any Reader) throws(StoreError) -> [TableOutline]

    /// Writes a whole copy of one moment to a new file.
    func copy(to path: String) async throws

    /// Where a copy may be for the moment that it needs a name.
    var snapshotPath: String { get }

    var load: StoreLoad { get }

    /// Whether other processes may have the same store open.
    var isShared: Bool { get }

    /// What was written since the store was opened.
    var writeCounts: WriteCounts { get }

    /// Lets what waits finish, then lets go of everything. Blocks. May be called again.
    func close()
}

extension StoreDriver {
    /// No other process has the store.
    func tellAdditions(_ signal: @escaping @Sendable () -> Void) {}
}

/// What is done to a store before it serves.
protocol StoreOpening {
    /// Holds no table at all.
    func isBlank() throws(StoreError) -> Bool
    func hasTable(_ name: String) throws(StoreError) -> Bool
    func rows(_ sql: SQL) throws(StoreError) -> [Row]
    /// Keeps a copy of everything under a name that tells what it was kept before. Returns where.
    func keepCopy(before migration: String, at now: Instant) throws(StoreError) -> String
    /// One transaction in which tables may be rebuilt: references are checked at its end.
    func migrate(_ body: @escaping @Sendable (any Writer) throws(StoreError) -> Void) throws(StoreError)
}

/// What is waiting for the store's threads.
package struct StoreLoad: Hashable, Sendable {
    package var waitingReads: Int
    package var waitingWrites: Int
}
