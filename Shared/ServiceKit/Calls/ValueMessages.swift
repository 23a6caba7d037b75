package import Contracts
package import Values

extension CommonV1.Date {
    package init(_ date: CalendarDate) {
        let (year, month, day) = date.parts
        self.init(year: Int32(year), month: Int32(month), day: Int32(day))
    }
}

extension GoogleProtobuf.Timestamp {
    package init(_ instant: Instant) {
        self.init(seconds: instant.seconds, nanos: instant.nanosOfSecond)
    }
}
