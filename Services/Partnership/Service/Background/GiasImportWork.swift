import ServiceKit
import Values

/// Imports of the register: reads its files and applies what lies behind the last checkpoint.
struct GiasImportWork: ImportWork {
    let store: PartnershipStore
    let index: RegisterIndex
    /// Told at each checkpoint.
    let progress: ChangeSignal
    let wallClock: any WallClock
    /// Rows that are applied in one transaction.
    let batchRows: Int

    func finish(_ claim: ImportClaim) async throws {
        try await index.refresh()
    }

    func removeWorkings(of id: UUIDv7) async throws {
        try await store.removeChunks(of: id)
    }

    func sweep(now: Instant) async throws {
        try await store.sweepChunks(now: now)
    }

    /// Returns why a file cannot be used. All files are looked through before the first row is applied.
    func run(_ claim: ImportClaim) async throws -> String? {
        try await store.beginImport(claim, at: wallClock.now())
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
