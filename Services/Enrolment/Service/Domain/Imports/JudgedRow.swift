import Values

/// A row of a file as far as it can be judged without the store.
struct JudgedRow: Hashable, Sendable {
    enum Verdict: Hashable, Sendable {
        case rejected([RowIssue.Code])
        case usable(CleanRow, EmployerJudgement)
    }

    /// Count of the record; the first after the header is 1.
    var number: Int
    var line: Int
    var reference: String
    /// Where the record ends in the file.
    var endOffset: Int64
    /// What was typed, for knowing the row again.
    var canonicalBytes: [UInt8] = []
    var verdict: Verdict
}

/// Rows for one transaction, and where the file is then.
struct RowBatch: Sendable {
    var rows: [JudgedRow] = []
    /// The file ends behind them.
    var isLast = false
}
