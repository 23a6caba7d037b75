import ServiceKit
import Storage
import Values

/// Which participants a list shows.
struct ParticipantFilter: Hashable, Sendable {
    var applications: [String] = []
    var candidates: [String] = []
    var programmes: [String] = []
    var cohorts: [String] = []
    var states: [ParticipantState] = []
}

/// What is asked of those who may have places.
extension TrainingEventsStore {
    /// By application.
    func participants(_ filter: ParticipantFilter, pageSize: Int, token: String) async throws -> Page<Participant> {
        let filters: [SQLValue] = [
            .text("participants"), EventFilter.joined(filter.applications), EventFilter.joined(filter.candidates),
            EventFilter.joined(filter.programmes), EventFilter.joined(filter.cohorts),
            EventFilter.joined(filter.states.map { "\($0.rawValue)" }),
        ]
        let after = try PageToken.keys(token, count: 1, filters: filters)
        return try await store.read { reader in
            var conditions = Self.conditions([
                ("application_id", filter.applications.map(\.sqlValue)),
                ("candidate_id", filter.candidates.map(\.sqlValue)),
                // Within a cohort no index of programmes is used: the cohort's own tells them.
                (filter.cohorts.isEmpty ? "programme" : "(programme || '')", filter.programmes.map(\.sqlValue)),
                ("cohort_id", filter.cohorts.map(\.sqlValue)),
                ("state", filter.states.map(\.rawValue.sqlValue)),
            ])
            // Says what the index of these few is limited to.
            if !filter.states.isEmpty, !filter.states.contains(.active) { conditions.append("state > 1") }
            if let after { conditions.append("application_id > \(after[0])") }
            let rows = try reader.rows("""
                SELECT \(raw: ParticipantTable.columns) FROM participants
                WHERE \(conditions.joined(separator: " AND ")) ORDER BY application_id LIMIT \(pageSize + 1)
                """)
            return try Page(rows, size: pageSize, filters: filters) { row in
                try ParticipantTable.read(row)
            } keys: { [try $0.value(0)] }
        }
    }
}
