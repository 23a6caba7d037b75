import ServiceKit
import Storage
import Values

/// Which applications a list shows, and in which order.
struct ApplicationFilter: Hashable, Sendable {
    enum Order: Int, Hashable, Sendable {
        case newest = 1
        case updated = 2
        case oldest = 3
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
            var conditions = Self.conditions(filter)
            let (column, isDescending) = switch filter.order {
            case .newest: ("submitted_at", true)
            case .updated: ("updated_at", true)
            case .oldest: ("submitted_at", false)
            }
            if let after {
                let comparison = isDescending ? "<" : ">"
                conditions.append("(\(raw: column), id) \(raw: comparison) (\(after[0]), \(after[1]))")
            }
            let direction = isDescending ? "DESC" : "ASC"
            let rows = try reader.rows("""
                SELECT \(raw: ApplicationTable.columns) FROM applications WHERE \(conditions.joined(separator: " AND "))
                ORDER BY \(raw: column) \(raw: direction), id \(raw: direction) LIMIT \(pageSize + 1)
                """)
            return try Page(rows, size: pageSize, filters: filter.values) { row in
                try ApplicationTable.read(row)
            } keys: { row in
                [try row.value(column), try row.value("id")]
            }
        }
    }

    /// One column narrows the list by its index, the narrowest; the others are written so that no index
    /// is used for them. If none narrows it, the list is walked in its order.
    private static func conditions(_ filter: ApplicationFilter) -> [SQL] {
        var conditions: [SQL] = ["1 = 1"]
        var isNarrowed = false
        func add(_ column: String, _ values: [some SQLBindable], isText: Bool, narrows: Bool) {
            guard !values.isEmpty else { return }
            let isLeading = narrows && !isNarrowed
            if isLeading { isNarrowed = true }
            let term = isLeading ? column : isText ? "(\(column) || '')" : "(\(column) + 0)"
            conditions.append("\(raw: term) IN \(list: values)")
        }
        // One cohort, or one status, is kept in the order of submission.
        let isByTime = filter.order != .updated
        add("candidate_id", filter.candidates, isText: true, narrows: true)
        add("school_urn", filter.schools, isText: false, narrows: true)
        add("partner_id", filter.partners, isText: true, narrows: true)
        add("cohort_id", filter.cohorts, isText: true, narrows: isByTime && filter.cohorts.count == 1)
        add("approval_status", filter.approvals.map(\.rawValue), isText: false,
            narrows: isByTime && filter.approvals.count == 1)
        add("programme", filter.programmes, isText: true, narrows: false)
        add("training_status", filter.trainings.map(\.rawValue), isText: false, narrows: false)
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
