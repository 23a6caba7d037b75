@testable import Storage
import TestSupport

/// Holds the writer of a store, so that what is written meanwhile waits, in a known order, and then is done together.
final class WaitingWrites: Sendable {
    let store: Store
    private let gate = Gate()
    private let holder: Task<Void, any Error>
    private let before: WriteCounts

    init(_ store: Store) async throws {
        self.store = store
        before = store.writeCounts
        let (gate, runs) = (gate, Tally())
        holder = Task {
            try await store.write { _ in
                // It may be run again.
                if runs.value == 0 {
                    runs.raise()
                    gate.pass()
                }
            }
        }
        guard await gate.waitUntilReached() else { throw StoreError(.busy, "the writer was not reached") }
    }

    /// Lets a write wait behind those before it.
    func add<Value: Sendable>(_ body: @escaping @Sendable (any Writer) throws -> Value) async -> Task<Value, any Error> {
        let place = store.driver.load.waitingWrites + 1
        let task = Task { [store] in try await store.write(body) }
        _ = await eventually { store.driver.load.waitingWrites == place }
        return task
    }

    /// Lets the writer go on. Returns when the write that held it, the first of all, is answered.
    func release() async throws {
        gate.open()
        try await holder.value
    }

    /// What was written since the writer was held, the write that held it included.
    var counts: WriteCounts {
        let now = store.writeCounts
        return WriteCounts(writes: now.writes - before.writes, commits: now.commits - before.commits)
    }
}

extension StoreLimits {
    /// However long a test holds the writer, what waits joins the commit.
    static let patient = StoreLimits(commitWithin: .seconds(600))
}

extension Reader {
    func shelfIDs() throws -> [String] {
        try rows("SELECT id FROM shelves ORDER BY id").map { try $0.text(0) }
    }
}
