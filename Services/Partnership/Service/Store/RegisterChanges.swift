import ServiceKit
import Storage
import Values

/// Applies the records of one batch to the register, and counts what became of them.
struct RegisterChanges {
    let store: PartnershipStore
    let writer: any Writer
    let claim: ImportClaim
    let now: Instant
    private(set) var counts = RowCounts()
    private(set) var issues: [GiasRowIssue] = []

    init(store: PartnershipStore, writer: any Writer, claim: ImportClaim, now: Instant) {
        self.store = store
        self.writer = writer
        self.claim = claim
        self.now = now
    }

    /// What a row did.
    enum Effect {
        case inserted
        case updated
        case unchanged
        case ignored
        case rejected(GiasIssue)
    }

    mutating func apply<File: AppliedFile>(
        _ records: [ReadRecord<File.Value>], of file: File.Type
    ) throws(StoreError) {
        var rows: [(record: ReadRecord<File.Value>, row: GiasRow<File.Value>)] = []
        for record in records {
            counts.rowsRead += 1
            switch record.outcome {
            case .row(let row): rows.append((record, row))
            case .ignored: counts.ignored += 1
            case .rejected(let issue): note(.rejected(issue), record, file.kind)
            }
        }
        guard !rows.isEmpty else { return }
        let effects = try file.effects(of: rows.map(\.row), on: self)
        for ((record, row), effect) in zip(rows, effects) { note(effect, record, file.kind, row.issues) }
        issues.sort { $0.record < $1.record }
    }

    /// What changes of the register are done for.
    var mutation: Mutation {
        Mutation(principal: claim.actor.id, method: "", key: nil, requestDigest: [], actor: claim.actor,
                 reason: "import \(claim.importID) of the register", at: now, requestID: claim.requestID)
    }

    private mutating func note<Value>(_ effect: Effect, _ record: ReadRecord<Value>, _ kind: GiasFileKind,
                                      _ warnings: [GiasIssue] = []) {
        var found = warnings
        switch effect {
        case .inserted: counts.inserted += 1
        case .updated: counts.updated += 1
        case .unchanged: counts.unchanged += 1
        case .ignored:
            counts.ignored += 1
            found = []
        case .rejected(let issue):
            counts.rejected += 1
            found = [issue]
        }
        if found.contains(where: { $0.severity == .warning }) { counts.warned += 1 }
        issues += found.map {
            GiasRowIssue(kind: kind, line: record.line, record: record.number, key: record.key, issue: $0)
        }
    }
}

/// A file whose rows can be applied.
protocol AppliedFile: RegisterFile {
    /// One effect a row, in order. All rows have different keys.
    static func effects(
        of rows: [GiasRow<Value>], on changes: RegisterChanges
    ) throws(StoreError) -> [RegisterChanges.Effect]
}
