import Contracts
import ServiceKit
import Values

extension CommonV1.Date {
    init(_ date: CalendarDate) {
        let (year, month, day) = date.parts
        self.init(year: Int32(year), month: Int32(month), day: Int32(day))
    }
}

extension GoogleProtobuf.Timestamp {
    init(_ instant: Instant) {
        self.init(seconds: instant.seconds, nanos: instant.nanosOfSecond)
    }
}

extension CommonV1.HistoryEntry {
    init(_ entry: HistoryEntry) {
        self.init(
            version: entry.version, at: .init(entry.at), actor: .init(id: entry.actorID, kind: entry.actorKind),
            change: entry.change, reason: entry.reason, detailJson: entry.detailJSON)
    }
}

extension FieldViolations {
    /// Nil, and reported, for no date and for one that the calendar has not.
    mutating func date(_ date: CommonV1.Date?, _ field: String) -> CalendarDate? {
        guard let date else {
            add(field, "must be given")
            return nil
        }
        let read = CalendarDate(year: Int(date.year), month: Int(date.month), day: Int(date.day))
        require(read != nil, field, "must be a day of the calendar")
        return read
    }

    /// The size of a page; 0 stands for `standard`.
    mutating func pageSize(_ size: Int32, standard: Int, most: Int) -> Int {
        require((0...Int32(most)).contains(size), "pageSize", "must be 1 to \(most), or 0 for \(standard)")
        return size == 0 ? standard : Int(size)
    }

    mutating func version(_ expected: Int64) {
        require(expected >= 0, "expectedVersion", "must not be negative")
    }

    mutating func urn(_ number: Int64, _ field: String) -> URN? {
        let urn = Int(exactly: number).flatMap { URN(number: $0) }
        require(urn != nil, field, "must be a URN")
        return urn
    }

    mutating func groupUID(_ uid: Int64, _ field: String) -> Int? {
        require((1...99_999_999).contains(uid), field, "must be a group UID")
        return Int(exactly: uid)
    }

    mutating func cohort(_ text: String, _ field: String) -> CohortID? {
        let id = CohortID(text)
        let years = CohortID.years
        require(id != nil, field, "must be a year of \(years.lowerBound) to \(years.upperBound) and a letter")
        return id
    }

    /// An id that a field names.
    mutating func identifier(_ text: String, _ field: String) -> UUIDv7? {
        let id = UUIDv7(text)
        require(id != nil, field, "must be an id")
        return id
    }

    mutating func trn(_ text: String, _ field: String) -> TRN? {
        let trn = text.utf8.count == 7 ? TRN(text) : nil
        require(trn != nil, field, "must be seven digits, not 0000000")
        return trn
    }
}
