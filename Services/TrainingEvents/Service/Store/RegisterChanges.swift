import Storage
import Values

/// The register of an event.
struct EventRegister: Hashable, Sendable {
    /// The line that counts for each part and candidate.
    var lines: [AttendanceLine]
    /// Everybody with a place.
    var candidateIDs: [String]
}

/// Taking the register. Lines are only ever added.
extension TrainingEventsStore {
    func recordAttendance(
        _ marks: [AttendanceMark], at id: UUIDv7, _ mutation: Mutation,
        reply: @escaping @Sendable ([AttendanceLine]) -> [UInt8]
    ) async throws -> [UInt8] {
        try await change(mutation) { work in
            guard let event = try EventTable.find(id, work.writer) else { throw EventsNotFound.event(id) }
            let held = try Self.register(of: id, allLines: false, work.writer)
            var counting: [AttendanceRules.Key: AttendanceLine] = [:]
            for line in held.lines { counting[line.key] = line }
            let new = try AttendanceRules.newMarks(
                marks, event, booked: Set(held.candidateIDs), held: counting.mapValues(\.mark),
                reason: mutation.reason, at: work.now)
            var number = try work.writer.row("""
                SELECT COALESCE(MAX(number), 0) FROM attendance WHERE event_id = \(id)
                """)?.int(0) ?? 0
            for mark in new {
                number += 1
                let line = AttendanceLine(
                    id: identifiers.next(), eventID: id, number: number, mark: mark, recordedAt: work.now,
                    recordedBy: mutation.actor.id, reason: mutation.reason)
                try Self.insert(line, work.writer)
                counting[line.key] = line
            }
            let asked = marks.map { AttendanceRules.Key(partNumber: $0.partNumber, candidateID: $0.candidateID) }
            var told: Set<AttendanceRules.Key> = []
            return reply(asked.compactMap { told.insert($0).inserted ? counting[$0] : nil })
        }
    }

    /// - Parameter allLines: Also those that were corrected, as they came.
    /// - Returns: nil if there is no such event.
    func register(of id: UUIDv7, allLines: Bool) async throws -> EventRegister? {
        try await store.read { reader in
            guard try reader.row("SELECT 1 FROM events WHERE id = \(id)") != nil else { return nil }
            return try Self.register(of: id, allLines: allLines, reader)
        }
    }

    private static func register(
        of id: UUIDv7, allLines: Bool, _ reader: any Reader
    ) throws(StoreError) -> EventRegister {
        var candidates: [String] = []
        for row in try reader.rows("""
            SELECT candidate_id FROM bookings WHERE event_id = \(id) AND status = 1 ORDER BY candidate_id
            """) {
            candidates.append(try row.text(0))
        }
        let choice: SQL = allLines ? "ORDER BY number" : """
            AND number IN (
                SELECT MAX(number) FROM attendance WHERE event_id = \(id) GROUP BY part_number, candidate_id)
            ORDER BY part_number, candidate_id
            """
        var lines: [AttendanceLine] = []
        for row in try reader.rows("""
            SELECT \(raw: attendanceColumns) FROM attendance WHERE event_id = \(id) \(choice)
            """) {
            lines.append(try attendanceLine(row))
        }
        return EventRegister(lines: lines, candidateIDs: candidates)
    }

    static let attendanceColumns = """
        id, event_id, number, part_number, candidate_id, kind, minutes_missed, note, recorded_at, recorded_by, reason
        """

    static func attendanceLine(_ row: Row) throws(StoreError) -> AttendanceLine {
        guard let kind = AttendanceKind(rawValue: try row.number(5)) else { throw row.unreadable(5, "kind") }
        let mark = AttendanceMark(partNumber: try row.number(3), candidateID: try row.text(4), kind: kind,
                                  minutesMissed: try row.number(6), note: try row.text(7))
        return AttendanceLine(
            id: try row.identifier(0), eventID: try row.identifier(1), number: try row.int(2), mark: mark,
            recordedAt: try row.instant(8), recordedBy: try row.text(9), reason: try row.text(10))
    }

    private static func insert(_ line: AttendanceLine, _ writer: any Writer) throws(StoreError) {
        let mark = line.mark
        try writer.execute("""
            INSERT INTO attendance (\(raw: attendanceColumns))
            VALUES (\(line.id), \(line.eventID), \(line.number), \(mark.partNumber), \(mark.candidateID),
                    \(mark.kind.rawValue), \(mark.minutesMissed), \(mark.note), \(line.recordedAt), \(line.recordedBy),
                    \(line.reason))
            """)
    }
}

extension AttendanceLine {
    var key: AttendanceRules.Key {
        AttendanceRules.Key(partNumber: mark.partNumber, candidateID: mark.candidateID)
    }
}
