import ServiceKit
import Storage
import Values

/// Which applications a list shows, and in which order.
struct ApplicationFilter: Hashable, Sendable {
    enum Order: Int, Hashable, Sendable {
        case newest = 1
        case updated = 2
        case oldest = 3

        var column: String { self == .updated ? "updated_at" : "submitted_at" }
        var isDescending: Bool { self != .oldest }
    }

    var candidates: [UUIDv7] = []
    var programmes: [String] = []
    var cohorts: [CohortID] = []
    var approvals: [ApprovalStatus] = []
    var trainings: [TrainingStatus] = []
    var partners: [UUIDv7] = []
    var schools: [URN] = []
    var order = Order.newest

    var values: [SQLValue] {
        func text(_ texts: [String]) -> SQLValue { .text(texts.joined(separator: ",")) }
        return [
            .text("applications"), text(candidates.map(\.text)), text(programmes), text(cohorts.map(\.text)),
            text(approvals.map(\.name)), text(trainings.map(\.name)), text(partners.map(\.text)),
            text(schools.map(\.description)), .int(Int64(order.rawValue)),
        ]
    }
}

/// How many applications a cohort has of a programme in a status.
struct ApplicationCount: Hashable, Sendable {
    var programme: String
    var approval: ApprovalStatus
    var training: TrainingStatus?
    var applications: Int64
}

/// What is asked of the applications.
extension EnrolmentStore {
    func application(_ id: UUIDv7) async throws -> Application? {
        try await store.read { reader in try ApplicationTable.find(id, reader) }
    }

    func applications(_ filter: ApplicationFilter, pageSize: Int, token: String) async throws -> Page<Application> {
        let after = try PageToken.keys(token, count: 2, filters: filter.values)
        return try await store.read { reader in
            let rows = try reader.rows(Self.question(filter, after: after, limit: pageSize + 1))
            return try Page(rows, size: pageSize, filters: filter.values) { row in
                try ApplicationTable.read(row)
            } keys: { row in
                [try row.value(filter.order.column), try row.value("id")]
            }
        }
    }

    /// - Parameter after: the sort values to go on after; nil: from the beginning.
    static func question(_ filter: ApplicationFilter, after: [SQLValue]?, limit: Int) -> SQL {
        var conditions = conditions(filter)
        let (column, direction) = (filter.order.column, filter.order.isDescending ? "DESC" : "ASC")
        if let after {
            let comparison = filter.order.isDescending ? "<" : ">"
            conditions.append("(\(raw: column), id) \(raw: comparison) (\(after[0]), \(after[1]))")
        }
        return """
            SELECT \(raw: ApplicationTable.columns) FROM applications WHERE \(conditions.joined(separator: " AND "))
            ORDER BY \(raw: column) \(raw: direction), id \(raw: direction) LIMIT \(limit)
            """
    }

    /// One column narrows the list by its index, the narrowest. If none does, the list is walked in its order. What
    /// else is asked for is sifted on the way, most of it within the index, which has the columns at its end: so a list
    /// that hardly anything matches costs a walk through the index, not one through the table.
    private static func conditions(_ filter: ApplicationFilter) -> [SQL] {
        var conditions: [SQL] = ["1 = 1"]
        var isNarrowed = false
        // As an expression no index is used for a column.
        func add(_ column: String, _ values: [some SQLBindable], otherwise expression: String, narrows: Bool = true) {
            guard !values.isEmpty else { return }
            let isLeading = narrows && !isNarrowed
            if isLeading { isNarrowed = true }
            conditions.append("\(raw: isLeading ? column : expression) IN \(list: values)")
        }
        let isByTime = filter.order != .updated
        add("candidate_id", filter.candidates, otherwise: "candidate_id")
        add("school_urn", filter.schools, otherwise: "(school_urn + 0)")
        add("partner_id", filter.partners, otherwise: "(partner_id || '')")
        // One cohort, and one status of those that few have, are kept in the order of submission.
        add("cohort_id", filter.cohorts, otherwise: "(cohort_id || '')", narrows: isByTime && filter.cohorts.count == 1)
        if isByTime, !isNarrowed, filter.approvals.count == 1, filter.approvals != [.accepted] {
            // Says what the index is limited to.
            conditions.append("approval_status <> 2")
        }
        for (column, values) in [("approval_status", filter.approvals.map(\.rawValue)),
                                 ("training_status", filter.trainings.map(\.rawValue))] where !values.isEmpty {
            conditions.append("\(raw: column) IN \(list: values)")
        }
        if !filter.programmes.isEmpty { conditions.append("programme IN \(list: filter.programmes)") }
        return conditions
    }

    /// By programme, then status; nil if there is no such cohort.
    func counts(of cohort: CohortID) async throws -> [ApplicationCount]? {
        try await store.read { reader in
            guard try reader.row("SELECT 1 FROM cohorts WHERE id = \(cohort)") != nil else { return nil }
            return try reader.rows("""
                SELECT programme, approval_status, training_status, COUNT(*) FROM applications
                WHERE cohort_id = \(cohort) GROUP BY programme, approval_status, training_status
                ORDER BY programme, approval_status, training_status
                """).map { row in
                    guard let approval = ApprovalStatus(rawValue: Int(try row.int(1))) else {
                        throw row.unreadable(1, "approval status")
                    }
                    return ApplicationCount(
                        programme: try row.text(0), approval: approval,
                        training: TrainingStatus(rawValue: Int(try row.int(2))), applications: try row.int(3))
                }
        }
    }

    /// Newest first; nil if there is no such application.
    func history(of id: UUIDv7, pageSize: Int, token: String) async throws -> Page<HistoryRecord>? {
        try await store.history(of: id, entity: "application", pageSize: pageSize, token: token)
    }
}
