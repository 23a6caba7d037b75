import Values

/// Which events may be scheduled, and how they may change.
enum EventRules {
    static let longestTitle = 200
    static let longestKey = 100
    static let mostParts = 20
    static let mostPlaces = 1000
    static let longestPart = Duration.seconds(24 * 3600)
    static let longestReason = 1000

    static func checkNew(
        _ subject: EventSubject, _ plan: EventPlan, reason: String, at now: Instant
    ) throws(EventsRefusal) {
        var faults = faults(plan, reason: reason)
        let keys = [("programme", subject.programme), ("module", subject.module), ("cohortId", subject.cohortID)]
        for (field, value) in keys {
            faults += line(value, field, longest: longestKey, isRequired: field == "programme")
        }
        if let partner = subject.partnerID {
            faults += line(partner, "partnerId", longest: longestKey, isRequired: true)
        }
        if !plan.parts.isEmpty, plan.startsAt <= now {
            faults.append(FieldFault(field: "parts[0].startsAt", message: "must be in the future"))
        }
        guard faults.isEmpty else { throw .invalid(faults) }
    }

    /// - Parameter registered: Numbers of the parts that have lines in the register.
    static func checkChange(
        of event: TrainingEvent, to plan: EventPlan, expectedVersion: Int64, reason: String, registered: Set<Int>,
        at now: Instant
    ) throws(EventsRefusal) {
        var faults = faults(plan, reason: reason)
        if !plan.parts.isEmpty, plan.startsAt <= now, plan.startsAt != event.plan.startsAt {
            faults.append(FieldFault(field: "parts[0].startsAt", message: "must be in the future, or as it was"))
        }
        guard faults.isEmpty else { throw .invalid(faults) }
        try BookingRules.checkVersion("event", event.version, expected: expectedVersion)
        guard event.status == .scheduled else {
            throw .precondition(.eventClosed, "The event is \(event.status.name): it can no longer be edited.")
        }
        if let gone = registered.sorted().first(where: { number in !plan.parts.contains { $0.number == number } }) {
            throw .precondition(.partHasRegister, """
                Part \(gone) has lines in the register and must stay.
                """)
        }
        let places = Places(capacity: plan.capacity, booked: event.booked, offered: event.offered,
                            reserved: plan.reserved, blocked: plan.blocked)
        guard !places.isOversold else {
            throw .precondition(.capacityTaken, """
                \(places.taken) places are taken (\(places.booked) booked, \(places.offered) offered, \
                \(places.reserved) reserved, \(places.blocked) blocked): the capacity cannot be \(plan.capacity). \
                Move or cancel bookings first.
                """)
        }
    }

    static func checkCancel(
        _ event: TrainingEvent, expectedVersion: Int64, reason: String, at now: Instant
    ) throws(EventsRefusal) {
        var faults = text(reason, "reason", longest: longestReason)
        if isBlank(reason) {
            faults.append(FieldFault(field: "reason", message: "must say why the event is cancelled"))
        }
        guard faults.isEmpty else { throw .invalid(faults) }
        try BookingRules.checkVersion("event", event.version, expected: expectedVersion)
        guard event.status == .scheduled, !event.hasEnded(at: now) else {
            let what = event.status == .scheduled ? "over" : event.status.name
            throw .precondition(.eventClosed, "The event is \(what): it can no longer be cancelled.")
        }
    }

    static func checkReason(_ reason: String) throws(EventsRefusal) {
        let faults = text(reason, "reason", longest: longestReason)
        guard faults.isEmpty else { throw .invalid(faults) }
    }

    /// What titles are sorted by: without regard to case and spaces.
    static func titleKey(_ title: String) -> String {
        title.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
    }

    /// The words of a title or a search: letters and digits, small.
    static func words(_ text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    // MARK: Fields

    private static func faults(_ plan: EventPlan, reason: String) -> [FieldFault] {
        var faults = line(plan.title, "title", longest: longestTitle, isRequired: true)
        faults += line(plan.venue.name, "venue.name", longest: longestTitle, isRequired: !plan.venue.isOnline)
        faults += text(reason, "reason", longest: longestReason)
        func require(_ condition: Bool, _ field: String, _ message: String) {
            if !condition { faults.append(FieldFault(field: field, message: message)) }
        }
        require((1...mostPlaces).contains(plan.capacity), "capacity", "must be 1 to \(mostPlaces)")
        for (field, value) in [("minimum", plan.minimum), ("reserved", plan.reserved), ("blocked", plan.blocked)] {
            require((0...mostPlaces).contains(value), field, "must be 0 to \(mostPlaces)")
        }
        require(plan.minimum <= plan.capacity, "minimum", "must not be above the capacity")
        require(plan.reserved + plan.blocked <= plan.capacity, "reserved", "and blocked must together fit the capacity")
        require((1...mostParts).contains(plan.parts.count), "parts", "must be 1 to \(mostParts)")
        return faults + partFaults(plan.parts)
    }

    private static func partFaults(_ parts: [EventPart]) -> [FieldFault] {
        var faults: [FieldFault] = []
        for (index, part) in parts.prefix(mostParts).enumerated() {
            func require(_ condition: Bool, _ field: String, _ message: String) {
                if !condition { faults.append(FieldFault(field: "parts[\(index)].\(field)", message: message)) }
            }
            faults += line(part.title, "parts[\(index)].title", longest: longestTitle, isRequired: false)
            require(part.number == index + 1, "number", "must be \(index + 1), or 0 for that")
            require(part.endsAt > part.startsAt, "endsAt", "must be after startsAt")
            require(part.endsAt - part.startsAt <= longestPart, "endsAt", "must be within 24 hours of startsAt")
            if index > 0 {
                require(part.startsAt >= parts[index - 1].endsAt, "startsAt", "must not be before the part before ends")
            }
        }
        return faults
    }

    private static func line(_ value: String, _ field: String, longest: Int, isRequired: Bool) -> [FieldFault] {
        if isRequired, isBlank(value) { return [FieldFault(field: field, message: "must not be empty")] }
        if value.unicodeScalars.contains(where: isControl) {
            return [FieldFault(field: field, message: "must be without line breaks and control characters")]
        }
        return value.unicodeScalars.count > longest ? [FieldFault(field: field, message: "must be at most \(longest) characters")] : []
    }

    /// Line breaks and tabs are allowed.
    static func text(_ value: String, _ field: String, longest: Int) -> [FieldFault] {
        let allowed: Set<Unicode.Scalar> = ["\n", "\r", "\t"]
        if value.unicodeScalars.contains(where: { isControl($0) && !allowed.contains($0) }) {
            return [FieldFault(field: field, message: "must be without control characters")]
        }
        return value.unicodeScalars.count > longest ? [FieldFault(field: field, message: "must be at most \(longest) characters")] : []
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control
    }

    static func isBlank(_ text: String) -> Bool {
        text.allSatisfy(\.isWhitespace)
    }
}
