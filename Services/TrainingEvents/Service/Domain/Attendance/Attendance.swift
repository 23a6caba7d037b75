import Values

enum AttendanceKind: Int, CaseIterable, Hashable, Sendable {
    case present = 1
    case late = 2
    /// There for part of the time.
    case part = 3
    case remote = 4
    case absent = 5
    /// Caught up elsewhere.
    case madeGood = 6
}

/// What somebody notes of a candidate and a part.
struct AttendanceMark: Hashable, Sendable {
    var partNumber: Int
    var candidateID: String
    var kind: AttendanceKind
    var minutesMissed = 0
    var note = ""
}

/// One line of the register. A correction is a new line; nothing is overwritten.
struct AttendanceLine: Hashable, Sendable {
    var id: UUIDv7
    var eventID: UUIDv7
    /// From 1 within the event: of one part and candidate the line with the highest number counts.
    var number: Int64
    var mark: AttendanceMark
    var recordedAt: Instant
    var recordedBy: String
    /// Of a correction.
    var reason: String
}
