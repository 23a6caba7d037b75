import Values

/// An import of some of the register's files.
struct GiasImport: Hashable, Sendable {
    /// Issues that are kept for reading; more are counted only.
    static let mostIssuesKept = 10_000

    var id: UUIDv7
    var state: ImportState
    /// In the order in which they are read.
    var files: [GiasFileProgress] = []
    /// Why it failed; empty otherwise.
    var failure = ""
    var createdAt: Instant
    var startedAt: Instant?
    var endedAt: Instant?
    var version: Int64
    var issuesFound: Int64 = 0
    var issuesKept: Int64 = 0
}

struct GiasFileProgress: Hashable, Sendable {
    var kind: GiasFileKind
    var name: String
    var bytesTotal: Int64
    var bytesRead: Int64
    /// Whether its last row was applied.
    var isDone: Bool
    var counts: RowCounts
}

/// What became of a file's rows. Each row read is counted in one of the columns after it, but
/// `warned`, which counts rows that were used and have an issue.
struct RowCounts: Hashable, Sendable {
    var rowsRead: Int64 = 0
    var inserted: Int64 = 0
    var updated: Int64 = 0
    var unchanged: Int64 = 0
    var ignored: Int64 = 0
    var rejected: Int64 = 0
    var warned: Int64 = 0
}

/// An issue and the record that it is about.
struct GiasRowIssue: Hashable, Sendable {
    var kind: GiasFileKind
    var line: Int
    var record: Int
    var key: String
    var issue: GiasIssue
}

/// Records of one file that are applied together, in one transaction with the place reached.
struct GiasBatch<Value: Hashable & Sendable>: Sendable {
    var records: [ReadRecord<Value>] = []
    /// Where the record after the last one begins.
    var bytesRead: Int64 = 0
    /// Whether the file ends here.
    var isLast = false
}
