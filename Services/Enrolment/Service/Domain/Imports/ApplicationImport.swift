import Values

/// What became of a row, or would.
enum RowOutcome: Int, CaseIterable, Hashable, Sendable {
    /// A new person and an application.
    case created = 1
    /// An application for a person who was known.
    case matched = 2
    /// The application was there already.
    case unchanged = 3
    /// Used, but a person should look at something.
    case warned = 4
    case rejected = 5
}

/// Rows by what became of them.
struct OutcomeCounts: Hashable, Sendable {
    private(set) var rows: [RowOutcome: Int64] = [:]

    init() {}

    init(_ rows: [RowOutcome: Int64]) {
        self.rows = rows.filter { $0.value != 0 }
    }

    subscript(_ outcome: RowOutcome) -> Int64 { rows[outcome] ?? 0 }

    mutating func add(_ outcome: RowOutcome) {
        rows[outcome, default: 0] += 1
    }
}

/// An import of applications: one file, row by row.
struct ApplicationImport: Hashable, Sendable {
    var id: UUIDv7
    var state: ImportState
    /// Nothing is written but the results.
    var isDryRun: Bool
    /// Rows are for this cohort only; nil: each for the one that it names.
    var cohortID: CohortID?
    var fileName = ""
    var hasFile = false
    var bytesTotal: Int64 = 0
    var bytesRead: Int64 = 0
    var rowsRead: Int64 = 0
    var counts = OutcomeCounts()
    /// Why the file could not be used.
    var failure = ""
    var createdAt: Instant
    var endedAt: Instant?
    var version: Int64
}

/// What became of one row.
struct RowResult: Hashable, Sendable {
    /// Line of the file on which the record begins; the header is on line 1.
    var line: Int
    var outcome: RowOutcome
    /// How the file names the application; empty if it does not.
    var reference: String
    var candidateID: UUIDv7?
    var applicationID: UUIDv7?
    var issues: [RowIssue]
}
