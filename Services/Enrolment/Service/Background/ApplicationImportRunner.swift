import Logging
import ServiceKit
import ServiceLifecycle
import Tabular
import Values

/// Runs imports, one after the other: those that a killed process left first, then the queue. Goes on
/// from the last checkpoint, so nothing is counted twice and nothing is left out. Waits while
/// Partnership cannot be asked.
final class ApplicationImportRunner: Service {
    /// How often it looks again for imports, or for Partnership.
    static let lookInterval = Duration.seconds(5)

    private let store: EnrolmentStore
    private let register: any EmployerRegister
    private let wallClock: any WallClock
    private let clock: any Clock<Duration>
    private let batchRows: Int
    private let logger: Logger
    /// Names this process in claims.
    private let name: String
    /// Told when an import was started, and at each checkpoint.
    private let progress: ChangeSignal

    init(_ store: EnrolmentStore, register: any EmployerRegister, progress: ChangeSignal, wallClock: any WallClock,
         clock: any Clock<Duration>, batchRows: Int, logger: Logger) {
        self.store = store
        self.register = register
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
        try? await store.sweepImports(now: wallClock.now())
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
            try await store.touch(claim, at: wallClock.now())
            let failure = try await run(claim)
            let ended = try await store.endImport(claim, failure: failure, at: wallClock.now())
            logger.info("an import of applications has ended", metadata: [
                "import": "\(claim.importID)", "state": "\(ended.state.name)", "failure": "\(ended.failure)",
            ])
        } catch ImportInterruption.cancelled {
            logger.info("an import of applications was cancelled", metadata: ["import": "\(claim.importID)"])
        } catch ImportInterruption.claimLost {
            logger.warning("another process has taken the import over", metadata: ["import": "\(claim.importID)"])
            return true
        }
        progress.signal()
        try await store.removeWorkings(of: claim.importID)
        return true
    }

    /// Returns why the file cannot be used. All of it is looked through before the first row is used.
    private func run(_ claim: ImportClaim) async throws -> String? {
        guard let job = try await store.applicationImport(claim.importID) else { return nil }
        let header: ApplicationHeader
        do {
            header = try await inspect(claim)
        } catch let problem as ApplicationFileProblem {
            return problem.message
        }
        var reader = CSVRecordReader()
        var enquiry = EmployerEnquiry(register)
        var readings: [FileRow] = []
        var number = 0
        var chunkNumber = 0
        var isMore = true
        while isMore {
            try Task.checkCancellation()
            if let chunk = try await store.chunk(chunkNumber, of: claim.importID) {
                reader.append(chunk)
                chunkNumber += 1
            } else {
                reader.finish()
                isMore = false
            }
            while let record = try reader.next() {
                guard record.number > 0, !record.isBlank else { continue }
                number += 1
                guard number > job.rowsRead else { continue }
                readings.append(FileRow(record, header, number: number, cohort: job.cohortID))
                if readings.count >= batchRows {
                    try await checkpoint(readings, isLast: false, &enquiry, claim)
                    readings.removeAll(keepingCapacity: true)
                }
            }
        }
        try await checkpoint(readings, isLast: true, &enquiry, claim)
        return nil
    }

    private func inspect(_ claim: ImportClaim) async throws -> ApplicationHeader {
        var inspector = ApplicationFileInspector()
        var number = 0
        while let chunk = try await store.chunk(number, of: claim.importID) {
            try Task.checkCancellation()
            try inspector.feed(chunk)
            number += 1
        }
        return try inspector.finish()
    }

    /// Partnership is asked first; the store's transaction waits for nobody.
    private func checkpoint(
        _ rows: [FileRow], isLast: Bool, _ enquiry: inout EmployerEnquiry, _ claim: ImportClaim
    ) async throws {
        try Task.checkCancellation()
        try await enquiry.ask(about: rows.compactMap(\.clean))
        let findings = enquiry.findings
        let batch = RowBatch(rows: rows.map { $0.judged(findings) }, isLast: isLast)
        _ = try await store.apply(batch, claim, at: wallClock.now())
        progress.signal()
    }
}
