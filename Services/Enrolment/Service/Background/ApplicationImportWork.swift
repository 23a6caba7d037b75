import ServiceKit
import Tabular
import Values

/// Imports of applications: judges the rows behind the last checkpoint and uses them. Waits while Partnership cannot be
/// asked.
struct ApplicationImportWork: ImportWork {
    let store: EnrolmentStore
    let register: any EmployerRegister
    /// Told at each checkpoint.
    let progress: ChangeSignal
    let wallClock: any WallClock
    /// Rows that are used in one transaction.
    let batchRows: Int

    func finish(_ claim: ImportClaim) async throws {}

    func removeWorkings(of id: UUIDv7) async throws {
        try await store.removeWorkings(of: id)
    }

    func sweep(now: Instant) async throws {
        try await store.sweepImports(now: now)
    }

    /// Returns why the file cannot be used. All of it is looked through before the first row is used.
    func run(_ claim: ImportClaim) async throws -> String? {
        try await EnrolmentStore.imports.checkpoint(claim, in: store.store, at: wallClock.now()) { _ in }
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
