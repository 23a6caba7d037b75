import Logging
import ServiceKit
import ServiceLifecycle
import Storage
import Values

/// Runs imports, one after the other: those that a killed process left first, then the queue. Goes on
/// from the last checkpoint, so nothing is counted twice and nothing is left out.
final class GiasImportRunner: Service {
    /// How often a replica looks for imports that were started elsewhere.
    static let lookInterval = Duration.seconds(5)

    private let store: PartnershipStore
    private let index: RegisterIndex
    private let wallClock: any WallClock
    private let clock: any Clock<Duration>
    private let batchRows: Int
    private let logger: Logger
    /// Names this process in claims.
    private let name: String
    /// Told when an import was started, and at each checkpoint.
    let progress: ChangeSignal

    init(_ store: PartnershipStore, index: RegisterIndex, progress: ChangeSignal, wallClock: any WallClock,
         clock: any Clock<Duration>, batchRows: Int, logger: Logger) {
        self.store = store
        self.index = index
        self.progress = progress
        self.wallClock = wallClock
        self.clock = clock
        self.batchRows = batchRows
        self.logger = logger
        name = store.identifiers.next().text
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await self.loop()
        }
    }

    private func loop() async {
        try? await store.sweepChunks(now: wallClock.now())
        // This process alone has the store open, so what runs in it was left by one that is gone.
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
                             metadata: ["cause": "\(error)"])
                takingOver = true
            }
            await started.first(within: Self.lookInterval, on: clock)
        }
    }

    /// Runs the next import to its end. False if there is none.
    func runNext(takingOver: Bool) async throws -> Bool {
        guard let claim = try await store.claimImport(runner: name, takingOver: takingOver, now: wallClock.now()) else {
            return false
        }
        progress.signal()
        do {
            let failure = try await runOrFail(claim)
            try await index.refresh()
            let ended = try await store.endImport(claim, failure: failure, at: wallClock.now())
            logger.info("an import of the register has ended", metadata: [
                "import": "\(claim.importID)", "state": "\(ended.state.name)", "failure": "\(ended.failure)",
            ])
        } catch ImportInterruption.cancelled {
            try await index.refresh()
            logger.info("an import of the register was cancelled", metadata: ["import": "\(claim.importID)"])
        } catch ImportInterruption.claimLost {
            logger.warning("another process has taken the import over", metadata: ["import": "\(claim.importID)"])
            return true
        }
        progress.signal()
        try await store.removeChunks(of: claim.importID)
        return true
    }

    /// A fault that will not pass ends the import instead of being tried for ever: others wait behind it.
    private func runOrFail(_ claim: ImportClaim) async throws -> String? {
        do {
            return try await run(claim)
        } catch let error as StoreError where !error.mayPass {
            logger.error("an import cannot go on", metadata: ["import": "\(claim.importID)", "cause": "\(error)"])
            return "The service cannot apply the files; its log says why. What was applied before stays."
        }
    }

    /// Returns why a file cannot be used. All files are looked through before the first row is applied.
    private func run(_ claim: ImportClaim) async throws -> String? {
        guard let files = try await store.giasImport(claim.importID)?.files else { return nil }
        var inspections: [GiasFileInspection] = []
        do {
            for file in files where !file.isDone {
                inspections.append(try await inspect(file, claim))
            }
        } catch let problem as GiasFileProblem {
            return problem.message
        }
        for inspection in inspections {
            guard let file = files.first(where: { $0.kind == inspection.kind }) else { continue }
            switch file.kind {
            case .establishments: try await apply(EstablishmentRow.self, file, inspection, claim)
            case .groups: try await apply(GroupRow.self, file, inspection, claim)
            case .memberships: try await apply(MembershipRow.self, file, inspection, claim)
            case .links: try await apply(LinkRow.self, file, inspection, claim)
            }
        }
        return nil
    }

    private func inspect(_ file: GiasFileProgress, _ claim: ImportClaim) async throws -> GiasFileInspection {
        var inspector = GiasFileInspector(file.kind)
        var lastByte: UInt8?
        var number = 0
        while let chunk = try await store.chunk(number, of: file.kind, of: claim.importID) {
            try Task.checkCancellation()
            try inspector.feed(chunk)
            lastByte = chunk.last ?? lastByte
            number += 1
        }
        return try inspector.finish(lastByte: lastByte)
    }

    /// Reads the file from its beginning, for a row may repeat an earlier one, and applies what lies
    /// behind the checkpoint.
    private func apply<File: AppliedFile>(
        _ kind: File.Type, _ file: GiasFileProgress, _ inspection: GiasFileInspection, _ claim: ImportClaim
    ) async throws {
        var reader = RegisterFileReader<File>(inspection)
        var batch = GiasBatch<File.Value>(bytesRead: inspection.firstRecord.offset)
        var number = 0
        var isMore = true
        while isMore {
            try Task.checkCancellation()
            if let chunk = try await store.chunk(number, of: file.kind, of: claim.importID) {
                reader.append(chunk)
                number += 1
            } else {
                reader.finish()
                isMore = false
            }
            while let record = try reader.next() {
                guard record.number > file.counts.rowsRead else { continue }
                batch.records.append(record)
                batch.bytesRead = record.endOffset
                if batch.records.count >= batchRows {
                    try await checkpoint(batch, kind, claim)
                    batch.records.removeAll(keepingCapacity: true)
                }
            }
        }
        batch.isLast = true
        try await checkpoint(batch, kind, claim)
        try await index.refresh()
    }

    private func checkpoint<File: AppliedFile>(
        _ batch: GiasBatch<File.Value>, _ kind: File.Type, _ claim: ImportClaim
    ) async throws {
        try Task.checkCancellation()
        _ = try await store.apply(batch, of: kind, claim, at: wallClock.now())
        progress.signal()
    }
}

extension StoreError {
    /// Whether the same work may go well later.
    fileprivate var mayPass: Bool {
        switch code {
        case .busy, .unavailable, .cancelled, .lockedByOther: true
        default: false
        }
    }
}
