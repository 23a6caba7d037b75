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

extension FieldViolations {
    /// Nil for no date, and for one that the calendar has not, which is reported.
    mutating func date(_ date: CommonV1.Date?, _ field: String) -> CalendarDate? {
        guard let date else { return nil }
        let read = CalendarDate(year: Int(date.year), month: Int(date.month), day: Int(date.day))
        require(read != nil, field, "must be a day of the calendar")
        return read
    }

    /// The size of a page; 0 stands for `standard`.
    mutating func pageSize(_ size: Int32, standard: Int, most: Int) -> Int {
        require((0...Int32(most)).contains(size), "pageSize", "must be 1 to \(most), or 0 for \(standard)")
        return size == 0 ? standard : Int(size)
    }

    mutating func urn(_ number: Int64, _ field: String) -> URN? {
        let urn = Int(exactly: number).flatMap { URN(number: $0) }
        require(urn != nil, field, "must be a URN")
        return urn
    }
}
