import Storage

enum DiagnosticOrder: Int, CaseIterable, Hashable, Sendable {
    case newest = 1
    case updated = 2
    case oldest = 3
}

/// Which diagnostics a list shows, and in which order.
struct DiagnosticFilter: Hashable, Sendable {
    var candidates: [String] = []
    var applications: [String] = []
    var programmes: [String] = []
    var cohorts: [String] = []
    var statuses: [DiagnosticStatus] = []
    var order = DiagnosticOrder.newest

    /// What a page's token is tied to.
    var values: [SQLValue] {
        func joined(_ texts: [String]) -> SQLValue {
            .text(texts.sorted().map { "\($0.utf8.count):\($0)" }.joined())
        }
        return [
            .text("diagnostics"), joined(candidates), joined(applications), joined(programmes), joined(cohorts),
            joined(statuses.map { "\($0.rawValue)" }), order.rawValue.sqlValue,
        ]
    }

    /// By what the rows are sorted.
    var keys: [String] {
        switch order {
        case .newest, .oldest: ["id"]
        case .updated: ["updated_at", "id"]
        }
    }

    /// The rows after `after`, at most `limit`.
    ///
    /// One column leads: for each of its values an index has the rows in the list's order, and the first of each are
    /// merged. The other columns are written so that no index is chosen for them. A list that nothing narrows walks
    /// the whole table in its order.
    func question(after: [SQLValue]?, limit: Int) -> SQL {
        let direction = order == .oldest ? "ASC" : "DESC"
        let sorted: SQL = "ORDER BY \(raw: keys.map { "\($0) \(direction)" }.joined(separator: ", "))"
        var (leads, conditions) = leading
        if let after {
            conditions.append("""
                (\(raw: keys.joined(separator: ", "))) \(raw: order == .oldest ? ">" : "<") \(list: after)
                """)
        }
        let branches = leads.enumerated().map { index, lead -> SQL in
            """
            SELECT * FROM (SELECT \(raw: keys.joined(separator: ", ")) FROM diagnostics
            WHERE \((lead + conditions).joined(separator: " AND ")) \(sorted) LIMIT \(limit)) AS b\(raw: "\(index)")
            """
        }
        return """
            SELECT \(raw: DiagnosticTable.columns) FROM diagnostics WHERE id IN (
                SELECT id FROM (\(branches.joined(separator: " UNION ALL "))) AS found \(sorted) LIMIT \(limit)
            ) \(sorted)
            """
    }

    /// What each branch is led by, and the conditions on the other columns.
    private var leading: (leads: [[SQL]], others: [SQL]) {
        var leads: [[SQL]] = [["1 = 1"]]
        var others: [SQL] = []
        var isLed = false
        func add(_ column: String, _ values: [SQLValue], isText: Bool, isShort: Bool = false) {
            guard !values.isEmpty else { return }
            if isLed {
                others.append("\(raw: isText ? "(\(column) || '')" : "(\(column) + 0)") IN \(SQL.padded(values))")
            } else if isShort {
                // A few rows for each value: found by it, and then sorted.
                leads = [["\(raw: column) IN \(SQL.padded(values))"]]
            } else {
                leads = Self.padded(values).map { ["\(raw: column) = \($0)"] }
            }
            isLed = true
        }
        add("application_id", applications.map(\.sqlValue), isText: true, isShort: true)
        add("candidate_id", candidates.map(\.sqlValue), isText: true, isShort: true)
        add("cohort_id", cohorts.map(\.sqlValue), isText: true)
        add("programme", programmes.map(\.sqlValue), isText: true)
        add("status", statuses.map(\.rawValue.sqlValue), isText: false)
        return (leads, others)
    }

    /// Filled up to a round number with what equals nothing, so that few texts of statements come about.
    private static func padded(_ values: [SQLValue]) -> [SQLValue] {
        let size = [1, 5, 20, 100].first { $0 >= values.count } ?? values.count
        return values + Array(repeating: .null, count: size - values.count)
    }
}
