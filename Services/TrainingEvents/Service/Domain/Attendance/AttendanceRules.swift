import Values

/// Which lines the register takes.
enum AttendanceRules {
    static let mostLines = 500
    static let longestNote = 1000
    /// The register of a part is taken from so long before its start.
    static let opensBefore = Duration.seconds(15 * 60)

    /// What is held about a part and a candidate.
    struct Key: Hashable, Sendable {
        var partNumber: Int
        var candidateID: String
    }

    /// Judges marks and leaves out those that say what the register says already, such as what a device sends
    /// twice.
    /// - Parameters:
    ///   - booked: The candidates with a place.
    ///   - held: The line that counts for each part and candidate.
    static func newMarks(
        _ marks: [AttendanceMark], _ event: TrainingEvent, booked: Set<String>, held: [Key: AttendanceMark],
        reason: String, at now: Instant
    ) throws(EventsRefusal) -> [AttendanceMark] {
        guard (1...mostLines).contains(marks.count) else {
            throw .invalid([FieldFault(field: "lines", message: "must be 1 to \(mostLines)")])
        }
        var faults = EventRules.text(reason, "reason", longest: EventRules.longestReason)
        var counting = held
        var new: [AttendanceMark] = []
        for (index, mark) in marks.enumerated() {
            let key = Key(partNumber: mark.partNumber, candidateID: mark.candidateID)
            faults += self.faults(mark, event, isBooked: booked.contains(mark.candidateID)).map { fault in
                FieldFault(field: "lines[\(index)].\(fault.field)", message: fault.message)
            }
            if counting[key] == mark { continue }
            if counting[key] != nil, EventRules.isBlank(reason), !faults.contains(where: { $0.field == "reason" }) {
                faults.append(FieldFault(field: "reason", message: "must say why the register is corrected"))
            }
            counting[key] = mark
            new.append(mark)
        }
        guard faults.isEmpty else { throw .invalid(faults) }
        guard event.status != .cancelled else {
            throw .precondition(.eventClosed, "The event is cancelled: there is no register to take.")
        }
        for part in event.plan.parts where new.contains(where: { $0.partNumber == part.number }) {
            guard now >= part.startsAt - opensBefore else {
                throw .precondition(.notOpenYet, """
                    The register of part \(part.number) opens at \(part.startsAt - opensBefore).
                    """)
            }
        }
        return new
    }

    private static func faults(_ mark: AttendanceMark, _ event: TrainingEvent, isBooked: Bool) -> [FieldFault] {
        var faults = EventRules.text(mark.note, "note", longest: longestNote)
        func require(_ condition: Bool, _ field: String, _ message: String) {
            if !condition { faults.append(FieldFault(field: field, message: message)) }
        }
        require(isBooked, "candidateId", "must be somebody with a place at the event")
        guard let part = event.plan.parts.first(where: { $0.number == mark.partNumber }) else {
            require(false, "partNumber", "must be a part of the event")
            return faults
        }
        let minutes = Int((part.endsAt - part.startsAt).components.seconds / 60)
        switch mark.kind {
        case .late, .part:
            require((1...max(1, minutes)).contains(mark.minutesMissed), "minutesMissed", "must be 1 to \(minutes)")
        case .present, .absent, .madeGood:
            require(mark.minutesMissed == 0, "minutesMissed", "must be 0 unless somebody missed a part of the time")
        case .remote:
            require((0...minutes).contains(mark.minutesMissed), "minutesMissed", "must be 0 to \(minutes)")
        }
        return faults
    }
}
