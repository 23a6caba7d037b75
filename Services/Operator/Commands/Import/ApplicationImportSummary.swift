package import Contracts

/// How often each issue came up.
package struct IssueCounts: Hashable, Sendable {
    private struct Kind: Hashable {
        var severity: Int32
        var code: String
    }

    private struct Count: Hashable {
        var rows: Int64 = 0
        /// Of the first row that has it.
        var line: Int64
        var message: String
    }

    private var counts: [Kind: Count] = [:]

    package init() {}

    package mutating func add(_ row: EnrolmentV1.RowResult) {
        for issue in row.issues {
            let kind = Kind(severity: issue.severity.rawValue, code: issue.code)
            counts[kind, default: Count(line: row.line, message: issue.message)].rows += 1
        }
    }

    /// Worst first, then those that came up most.
    package var table: [[String]] {
        counts.sorted { a, b in
            (-a.key.severity, -a.value.rows, a.key.code) < (-b.key.severity, -b.value.rows, b.key.code)
        }.map { kind, count in
            [
                EnrolmentV1.RowIssue.Severity(rawValue: kind.severity).word, kind.code, Figures.grouped(count.rows),
                "\(count.line)", count.message,
            ]
        }
    }
}

/// What an import of applications did, for people.
package enum ApplicationImportSummary {
    package static func lines(_ done: EnrolmentV1.ApplicationImport, _ issues: IssueCounts) -> [String] {
        let rows = [done.rowsRead, done.created, done.matched, done.unchanged, done.warned, done.rejected]
        var lines = Table.rows([
            ["", "READ", "NEW PERSON", "KNOWN PERSON", "SAME", "TO LOOK AT", "REJECTED"],
            [done.fileName] + rows.map(Figures.grouped),
        ])
        let table = issues.table
        if !table.isEmpty { lines += [""] + Table.rows([["", "ISSUE", "ROWS", "FIRST LINE", ""]] + table) + [""] }
        lines.append("The import \(done.stateWord)\(done.failure.isEmpty ? "." : ": \(done.failure)")")
        if done.dryRun { lines.append("It was a dry run: nothing was written.") }
        return lines
    }
}

extension EnrolmentV1.RowOutcome {
    /// For people and for files.
    var word: String {
        switch self {
        case .created: "created"
        case .matched: "matched"
        case .unchanged: "unchanged"
        case .warned: "warned"
        case .rejected: "rejected"
        case .unspecified, .unrecognized: "unknown"
        }
    }
}

extension EnrolmentV1.RowIssue.Severity {
    var word: String {
        switch self {
        case .info: "note"
        case .normalised: "cleaned"
        case .review: "look at"
        case .rejected: "rejected"
        case .unspecified, .unrecognized: "unknown"
        }
    }
}
