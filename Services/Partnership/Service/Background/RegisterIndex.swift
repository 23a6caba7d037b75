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

    /// Makes the index anew if the register has changed since.
    @discardableResult
    func refresh() async throws -> Snapshot {
        let known = snapshot.withLock { $0 }
        let fresh = try await builder.build(unless: known)
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

    /// Builds one index at a time: whoever comes while one is built gets that one.
    private actor Builder {
        private let store: PartnershipStore
        private var building: Task<Snapshot, any Error>?

        init(_ store: PartnershipStore) {
            self.store = store
        }

        func build(unless known: Snapshot?) async throws -> Snapshot {
            if let building { _ = try? await building.value }
            if let known, try await store.registerGeneration() == known.generation { return known }
            let task = Task { [store] in
                let register = try await store.searchable()
                return Snapshot(generation: register.generation, schools: SchoolSearchIndex(register.schools),
                                groups: GroupSearchIndex(register.groups))
            }
            building = task
            defer { building = nil }
            return try await task.value
        }
    }
}
