/// Where a store keeps its rows.
package enum StoreLocation: Hashable, Sendable {
    /// A file, made if there is none. Its folder must exist.
    case sqlite(path: String)
    /// A file in a new folder of the system's temporary folder, removed when the store is closed.
    case temporary

    /// Reads `sqlite:/var/lib/olp/partnership.db`, a plain path, or `temporary`.
    package init(_ text: String) throws(StoreError) {
        if text == "temporary" {
            self = .temporary
        } else if text.hasPrefix("postgres:") || text.hasPrefix("postgresql:") {
            throw StoreError(.internal, "This release keeps its data in SQLite files only. "
                + "Give the store's location as sqlite:PATH.")
        } else {
            let path = text.hasPrefix("sqlite:") ? String(text.dropFirst("sqlite:".count)) : text
            guard !path.isEmpty else {
                throw StoreError(.internal, "The store's location is empty. Give it as sqlite:PATH.")
            }
            self = .sqlite(path: path)
        }
    }
}

/// How much a store does at once and lets wait.
package struct StoreLimits: Hashable, Sendable {
    /// Threads that read, each with a connection of its own.
    package var readers: Int
    /// Reads that may wait for a thread; one more is refused as busy.
    package var waitingReads: Int
    /// Writes that may wait for the one writer; one more is refused as busy.
    package var waitingWrites: Int
    /// How long a statement waits for a lock that another program holds.
    package var lockWait: Duration

    package init(readers: Int = 2, waitingReads: Int = 4096, waitingWrites: Int = 1024,
                 lockWait: Duration = .seconds(5)) {
        self.readers = max(1, readers)
        self.waitingReads = max(1, waitingReads)
        self.waitingWrites = max(1, waitingWrites)
        self.lockWait = lockWait
    }

    package static let standard = StoreLimits()
}
