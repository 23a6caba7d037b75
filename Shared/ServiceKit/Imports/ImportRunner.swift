package import Logging
import ServiceLifecycle
package import Storage
package import Values

/// What running one kind of import means.
package protocol ImportWork: Sendable {
    /// Runs an import from its last checkpoint to its end. Returns why it failed, if its files cannot be used.
    func run(_ claim: ImportClaim) async throws -> String?
    /// The import will go no further; called before its end is written down, and after it was cancelled.
    func finish(_ claim: ImportClaim) async throws
    /// Removes what an import needed only while it ran.
    func removeWorkings(of id: UUIDv7) async throws
    /// Removes what no import needs any more. Called at the start.
    func sweep(now: Instant) async throws
}

/// Runs imports of one kind, one after the other: those that a killed process left first, then the queue. Goes on from
/// the last checkpoint, so nothing is counted twice and nothing is left out.
package struct ImportRunner: ServiceLifecycle.Service {
    /// How often a replica looks for imports that were started elsewhere, or tries again what could not go on.
    package static let lookInterval = Duration.seconds(5)

    private let table: ImportTable
    private let work: any ImportWork
    private let store: Store
    private let wallClock: any WallClock
    private let clock: any Clock<Duration>
    private let logger: Logger
    /// Names this process in claims.
    private let name: String
    /// Told when an import was started, and at each checkpoint.
    private let progress: ChangeSignal

    package init(
        _ table: ImportTable, _ work: any ImportWork, store: Store, progress: ChangeSignal, name: String,
        wallClock: any WallClock, clock: any Clock<Duration>, logger: Logger
    ) {
        self.table = table
        self.work = work
        self.store = store
        self.progress = progress
        self.name = name
        self.wallClock = wallClock
        self.clock = clock
        var logger = logger
        logger[metadataKey: "import.kind"] = "\(table.entity)"
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown { await loop() }
    }

    private func loop() async {
        try? await work.sweep(now: wallClock.now())
        // No other process runs these imports now (by its lease of the store, or by right), so what runs was left by one
        // that did before.
        var takingOver = true
        while !Task.isCancelled {
            let started = progress.changes()
            do {
                while try await runNext(takingOver: takingOver) { takingOver = false }
                takingOver = false
            } catch is CancellationError {
                return
            } catch {
                logger.error("an import stopped; it is tried again from its last checkpoint",
                             metadata: ["error.message": "\(error)"])
                takingOver = true
            }
            await started.first(within: Self.lookInterval, on: clock)
        }
    }

    /// Runs the next import to its end. False if there is none.
    package func runNext(takingOver: Bool) async throws -> Bool {
        guard let claim = try await table.claim(
            in: store, runner: name, takingOver: takingOver, now: wallClock.now()) else { return false }
        let importID: Logger.Metadata = ["import.id": "\(claim.importID)"]
        progress.signal()
        do {
            let failure = try await runOrFail(claim)
            try await work.finish(claim)
            try await table.end(claim, failure: failure, in: store, at: wallClock.now())
            logger.info("an import has ended", metadata: importID.merging(["failure": "\(failure ?? "")"]) { $1 })
        } catch ImportInterruption.cancelled {
            try await work.finish(claim)
            logger.info("an import was cancelled", metadata: importID)
        } catch ImportInterruption.claimLost {
            logger.warning("another process has taken the import over", metadata: importID)
            return true
        }
        progress.signal()
        try await work.removeWorkings(of: claim.importID)
        return true
    }

    /// A fault that will not pass ends the import instead of being tried for ever: others wait behind it.
    private func runOrFail(_ claim: ImportClaim) async throws -> String? {
        do {
            return try await work.run(claim)
        } catch let error as StoreError where !error.mayPass {
            logger.error("an import cannot go on",
                         metadata: ["import.id": "\(claim.importID)", "error.message": "\(error)"])
            return "The service cannot use the file; its log says why. What was used before stays."
        }
    }
}

extension StoreError {
    /// Whether the same work may go well later.
    fileprivate var mayPass: Bool {
        switch code {
        case .busy, .unavailable, .unreachable, .cancelled, .lockedByOther: true
        default: false
        }
    }
}
