/// Where a store keeps its rows. Its description holds no password.
package enum StoreLocation: Hashable, Sendable {
    /// A file, made if there is none. Its folder must exist.
    case sqlite(path: String)
    /// A schema of a PostgreSQL database, made if there is none. Several processes may have it open.
    case postgres(PostgresLocation)
    /// A file in a new folder of the system's temporary folder, removed when the store is closed.
    case temporary

    /// Reads `sqlite:/var/lib/olp/partnership.db`, a plain path, `temporary`, or
    /// `postgres://user@host:5432/olp?schema=partnership` (see `PostgresLocation`).
    package init(_ text: String) throws(StoreError) {
        if text == "temporary" {
            self = .temporary
        } else if text.hasPrefix("postgres:") || text.hasPrefix("postgresql:") {
            self = .postgres(try PostgresLocation(text))
        } else {
            let path = text.hasPrefix("sqlite:") ? String(text.dropFirst("sqlite:".count)) : text
            guard !path.isEmpty else {
                throw StoreError(.internal, "The store's location is empty. Give it as sqlite:PATH.")
            }
            self = .sqlite(path: path)
        }
    }
}

extension StoreLocation: CustomStringConvertible {
    package var description: String {
        switch self {
        case .sqlite(let path): "sqlite:\(path)"
        case .postgres(let location): "\(location)"
        case .temporary: "temporary"
        }
    }
}

/// How much a store does at once and lets wait.
package struct StoreLimits: Hashable, Sendable {
    /// Threads that read an SQLite file, each with a connection of its own.
    package var readers: Int
    /// Connections to PostgreSQL that read, each on a thread of its own, made when they are first needed. Beside
    /// them each process has one that writes and one that listens.
    package var connections: Int
    /// Reads that may wait for a thread; one more is refused as busy.
    package var waitingReads: Int
    /// Writes that may wait for the one writer; one more is refused as busy.
    package var waitingWrites: Int
    /// How long a statement waits for a lock that another program holds; a write, for another process's write.
    package var lockWait: Duration
    /// How long one statement may take in PostgreSQL before it is ended as busy.
    package var statementTime: Duration
    /// How long a write in PostgreSQL may stand still between two statements before the database ends it. All other
    /// writers wait meanwhile, those of other processes too; keep it below `lockWait`.
    package var stillTime: Duration
    /// Writes that may share one commit, and so one wait for the disk; 1: each has its own. PostgreSQL takes 32 at most.
    package var writesPerCommit: Int
    /// How long after the first write of a commit another may still begin, in SQLite. So what a write waits for the
    /// others of its commit is this and one body more, at most.
    package var commitWithin: Duration

    package init(readers: Int = 2, waitingReads: Int = 4096, waitingWrites: Int = 1024,
                 lockWait: Duration = .seconds(5), connections: Int = 4, statementTime: Duration = .seconds(30),
                 stillTime: Duration = .milliseconds(2500), writesPerCommit: Int = 64,
                 commitWithin: Duration = .milliseconds(10)) {
        self.readers = max(1, readers)
        self.connections = max(1, connections)
        self.statementTime = max(.milliseconds(1), statementTime)
        self.stillTime = max(.milliseconds(1), stillTime)
        self.waitingReads = max(1, waitingReads)
        self.waitingWrites = max(1, waitingWrites)
        self.lockWait = lockWait
        self.writesPerCommit = max(1, writesPerCommit)
        self.commitWithin = commitWithin
    }

    package static let standard = StoreLimits()
}
