import Contracts
import RPC
import ServiceKit
import Values
import Wire

extension BookingsService {
    func recordAttendance(
        _ request: TrainingEventsV1.RecordAttendanceRequest, context: ServerContext
    ) async throws -> TrainingEventsV1.RecordAttendanceReply {
        let id = try UUIDv7(request.eventId, of: "event")
        var violations = FieldViolations()
        var marks: [AttendanceMark] = []
        for (index, line) in request.lines.enumerated() {
            let kind = AttendanceKind(rawValue: Int(line.kind.rawValue))
            violations.require(kind != nil, "lines[\(index)].kind", "must be a kind that this release knows")
            guard let kind else { continue }
            marks.append(AttendanceMark(
                partNumber: Int(line.partNumber), candidateID: line.candidateId, kind: kind,
                minutesMissed: Int(line.minutesMissed), note: line.note))
        }
        try violations.throwIfAny()
        let mutation = context.mutation(reason: request.reason, at: wallClock.now())
        let reply = try await EventsErrors.translate(id.text) { [marks] in
            try await store.recordAttendance(marks, at: id, mutation) { lines in
                TrainingEventsV1.RecordAttendanceReply(lines: lines.map { .init($0) }).encoded()
            }
        }
        return try TrainingEventsV1.RecordAttendanceReply(decoding: reply)
    }
}
