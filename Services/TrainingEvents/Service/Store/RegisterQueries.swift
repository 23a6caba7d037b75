import ServiceKit
import Storage
import Values

/// What is asked of the register across events.
extension TrainingEventsStore {
    /// The lines that count: newest events first, and of one event the newest line first.
    func attendance(
        events: [String], candidates: [String], pageSize: Int, token: String
    ) async throws -> Page<AttendanceLine> {
        let filters: [SQLValue] = [.text("attendance"), EventFilter.joined(events), EventFilter.joined(candidates)]
        let after = try PageToken.keys(token, count: 2, filters: filters)
        return try await store.read { reader in
            var conditions = Self.conditions([
                ("event_id", events.map(\.sqlValue)), ("candidate_id", candidates.map(\.sqlValue)),
            ])
            if let after { conditions.append("(event_id, number) < \(list: after)") }
            let rows = try reader.rows("""
                SELECT \(raw: Self.attendanceColumns) FROM attendance
                WHERE \(conditions.joined(separator: " AND ")) AND NOT EXISTS (
                    SELECT 1 FROM attendance later
                    WHERE later.candidate_id = attendance.candidate_id AND later.event_id = attendance.event_id
                    AND later.part_number = attendance.part_number AND later.number > attendance.number)
                ORDER BY event_id DESC, number DESC LIMIT \(pageSize + 1)
                """)
            return try Page(rows, size: pageSize, filters: filters) { row in
                try Self.attendanceLine(row)
            } keys: { row in
                [try row.value("event_id"), try row.value("number")]
            }
        }
    }
}
