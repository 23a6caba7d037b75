package import Logging
import ServiceLifecycle
package import Storage
import Synchronization

/// Says to the other replicas on the same store that this process lives, takes for it what nobody else does, and tells
/// when it has lost that. Each replica has one, for all of its rights.
///
/// Nobody compares clocks: a process counts as dead when its beat was the same at ``silentLooks`` looks of another, which
/// are at least ``beatInterval`` apart. A process that stood still and goes on is told so by the fence (`Claim`).
package final class ClaimKeeper: ServiceLifecycle.Service {
    /// How often a process says that it lives, and looks who else does.
    package static let beatInterval = Duration.milliseconds(500)
    /// With the interval: what a dead process did is taken over after 2 to 2.5 s.
    package static let silentLooks = 4

    private struct State {
        var wanted: Set<String> = []
        var held: [String: Claim] = [:]
        var silence = SilenceWatch(limit: ClaimKeeper.silentLooks)
    }

    private let store: Store
    private let process: String
    private let isShared: Bool
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let state = Mutex(State())
    private let changed = ChangeSignal()

    /// - Parameters:
    ///   - process: Names this process among the replicas; another each time that it starts.
    ///   - isShared: Whether others may have the store open; without it everything is this process's own, at once.
    package init(
        _ store: Store, process: String, isShared: Bool, clock: any Clock<Duration>, logger: Logger
    ) {
        self.store = store
        self.process = process
        self.isShared = isShared
        self.clock = clock
        self.logger = logger
    }

    /// The right to do `name`, which this process will want from when it runs.
    package func right(to name: String) -> Right {
        state.withLock { _ = $0.wanted.insert(name) }
        return Right(name: name, keeper: self)
    }

    package func run() async throws {
        guard isShared else {
            try? await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown { [self] in await loop() }
        // What was done by right has ended: it is stopped before this. In a task of its own, for this one is cancelled.
        await Task { [store, process] in try? await store.leaveClaims(process) }.value
    }

    private func loop() async {
        while !Task.isCancelled {
            do {
                try await look()
            } catch is CancellationError {
                return
            } catch {
                // What is held stays so: if others took it meanwhile, the fence stops what is done by it.
                logger.debug("the claims could not be looked at", metadata: ["error.message": "\(error)"])
            }
            try? await clock.sleep(for: Self.beatInterval)
        }
    }

    /// One round: says that this process lives, and takes what nobody alive holds.
    func look() async throws {
        try await store.beat(process)
        let board = try await store.claimBoard()
        var beats = board.beats
        beats[process] = nil
        let silent = state.withLock { [beats] in $0.silence.look(beats) }
        var held: [String: Claim] = [:]
        for name in state.withLock({ $0.wanted.sorted() }) {
            let claim = board.claims[name]
            if let claim, claim.holder == process {
                held[name] = claim
            } else if claim.map({ beats[$0.holder] == nil || silent.contains($0.holder) }) ?? true {
                held[name] = try await store.take(name, for: process, from: claim)
            }
        }
        note(held)
        for process in silent { try await store.forgetMember(process, silentSince: beats[process] ?? 0) }
    }

    private func note(_ held: [String: Claim]) {
        let before = state.withLock { state in
            defer { state.held = held }
            return state.held
        }
        guard held != before else { return }
        for name in held.keys where held[name] != before[name] {
            logger.info("took over", metadata: ["claim.name": "\(name)", "claim.fence": "\(held[name]?.fence ?? 0)"])
        }
        for name in before.keys where held[name] == nil {
            logger.warning("lost to another replica", metadata: ["claim.name": "\(name)"])
        }
        changed.signal()
    }

    // MARK: For those who have a right

    /// Nil while another process holds it.
    func claim(_ name: String) -> Claim? {
        isShared ? state.withLock { $0.held[name] } : .sole(name, holder: process)
    }

    /// Yields when what is held has changed. To be asked for before looking.
    func changes() -> AsyncStream<Void> { changed.changes() }
}
