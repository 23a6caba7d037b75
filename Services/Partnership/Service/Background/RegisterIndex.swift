import Logging
import ServiceLifecycle
import Storage
import Synchronization

/// The register as searches see it: an index in memory, made anew when an import has changed the
/// names. Each replica makes its own from the store.
final class RegisterIndex: Service {
    /// What searches are answered from.
    struct Snapshot: Sendable {
        var generation: Int64
        var schools: SchoolSearchIndex
        var groups: GroupSearchIndex
    }

    /// How often a replica looks for imports that ran elsewhere.
    static let lookInterval = Duration.seconds(2)

    private let store: PartnershipStore
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let snapshot = Mutex<Snapshot?>(nil)
    private let builder: Builder

    init(_ store: PartnershipStore, clock: any Clock<Duration>, logger: Logger) {
        self.store = store
        self.clock = clock
        self.logger = logger
        builder = Builder(store)
    }

    /// The newest index that is at hand; the first caller waits until there is one.
    func current() async throws -> Snapshot {
        if let snapshot = snapshot.withLock({ $0 }) { return snapshot }
        return try await refresh()
    }

    /// Makes the index anew if the register has changed since. What was committed before this is called
    /// is in it when this returns.
    @discardableResult
    func refresh() async throws -> Snapshot {
        let fresh = try await builder.newest()
        snapshot.withLock { held in
            if held.map({ $0.generation <= fresh.generation }) ?? true { held = fresh }
        }
        return fresh
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await self.loop()
        }
    }

    private func loop() async {
        while !Task.isCancelled {
            do {
                try await refresh()
            } catch is CancellationError {
                return
            } catch {
                logger.warning("the search index could not be refreshed; searches see the last one",
                               metadata: ["cause": "\(error)"])
            }
            try? await clock.sleep(for: Self.lookInterval)
        }
    }

    /// Builds one index at a time.
    private actor Builder {
        private let store: PartnershipStore
        private var last: Snapshot?
        private var building: Task<Void, any Error>?

        init(_ store: PartnershipStore) {
            self.store = store
        }

        func newest() async throws -> Snapshot {
            while true {
                let generation = try await store.registerGeneration()
                if let last, last.generation >= generation { return last }
                // One that was begun before the last change is built to its end, then looked at again.
                try await (building ?? begin()).value
            }
        }

        private func begin() -> Task<Void, any Error> {
            let task = Task {
                // Before the task ends: whoever waits for it must not find it again.
                defer { building = nil }
                let register = try await store.searchable()
                last = await Self.snapshot(of: register)
            }
            building = task
            return task
        }

        /// Takes a second at 50,000 schools, so not on the actor.
        @concurrent
        private static func snapshot(of register: SearchableRegister) async -> Snapshot {
            Snapshot(generation: register.generation, schools: SchoolSearchIndex(register.schools),
                     groups: GroupSearchIndex(register.groups))
        }
    }
}
