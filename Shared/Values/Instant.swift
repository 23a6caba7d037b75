/// A point in time: whole microseconds since 1970-01-01T00:00:00Z, leap seconds not counted. Stores
/// keep exactly this number.
package struct Instant: Hashable, Comparable, Sendable {
    package var microseconds: Int64

    package static let epoch = Instant(microseconds: 0)

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// As in `google.protobuf.Timestamp`; nanoseconds below a microsecond are cut off. Nil outside
    /// the years 1 to 9999, or if `nanos` is not in 0..<1,000,000,000.
    package init?(seconds: Int64, nanos: Int32) {
        guard (Self.firstSecond...Self.lastSecond).contains(seconds), (0..<1_000_000_000).contains(nanos) else {
            return nil
        }
        microseconds = seconds * 1_000_000 + Int64(nanos / 1000)
    }

    /// Reads RFC 3339 with a zone: `2017-09-29T12:00:00Z`, `…00.25+01:00`. Digits below a
    /// microsecond are cut off; a leap second (`:60`) is read as the second after it.
    package init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, let date = CalendarDate(iso: String(decoding: bytes[0..<10], as: UTF8.self)),
              bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t") || bytes[10] == UInt8(ascii: " "),
              bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
              let hour = decimal(bytes[11..<13]), hour < 24, let minute = decimal(bytes[14..<16]), minute < 60,
              let second = decimal(bytes[17..<19]), second <= 60 else { return nil }
        var rest = bytes[19...]
        var fraction: Int64 = 0
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
            guard !digits.isEmpty else { return nil }
            let six = (Array(digits.prefix(6)) + Array(repeating: UInt8(ascii: "0"), count: 6)).prefix(6)
            fraction = Int64(decimal(six) ?? 0)
            rest = rest.dropFirst(1 + digits.count)
        }
        guard let offset = Self.zoneOffset(Array(rest)) else { return nil }
        let seconds = Int64(date.dayNumber) * 86_400 + Int64(hour * 3600 + minute * 60 + second) - Int64(offset)
        guard (Self.firstSecond...Self.lastSecond).contains(seconds) else { return nil }
        microseconds = seconds * 1_000_000 + fraction
    }

    /// Whole seconds since 1970, rounded down; `nanosOfSecond` is the rest.
    package var seconds: Int64 { floorDivided(microseconds, 1_000_000) }
    package var nanosOfSecond: Int32 { Int32((microseconds - seconds * 1_000_000) * 1000) }

    /// RFC 3339 in UTC, with as many digits after the point as are not nought, in threes.
    package var rfc3339: String {
        let days = floorDivided(seconds, 86_400)
        let time = seconds - days * 86_400
        guard let date = CalendarDate(dayNumber: Int(days)) else { return "\(microseconds) µs since 1970" }
        let micros = microseconds - seconds * 1_000_000
        let fraction = micros == 0 ? "" : micros.isMultiple(of: 1000) ? "." + padded(micros / 1000, 3)
            : "." + padded(micros, 6)
        return "\(date.isoText)T\(padded(time / 3600, 2)):\(padded(time / 60 % 60, 2)):\(padded(time % 60, 2))\(fraction)Z"
    }

    /// The day that a calendar shows whose clock is `secondsFromUTC` ahead of UTC.
    package func date(secondsFromUTC: Int) -> CalendarDate? {
        CalendarDate(dayNumber: Int(floorDivided(seconds + Int64(secondsFromUTC), 86_400)))
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.microseconds < right.microseconds
    }

    /// Duration below a microsecond is cut off. Stops at the ends of the range instead of trapping.
    package static func + (instant: Instant, duration: Duration) -> Instant {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (micros, overflow2) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        let (sum, overflow3) = instant.microseconds.addingReportingOverflow(micros)
        guard !overflow, !overflow2, !overflow3 else {
            return Instant(microseconds: duration < .zero ? .min : .max)
        }
        return Instant(microseconds: sum)
    }

    package static func - (instant: Instant, duration: Duration) -> Instant {
        instant + (.zero - duration)
    }

    package static func - (left: Instant, right: Instant) -> Duration {
        .microseconds(left.microseconds) - .microseconds(right.microseconds)
    }

    private static let firstSecond = Int64(CalendarDate.first.dayNumber) * 86_400
    private static let lastSecond = Int64(CalendarDate.last.dayNumber) * 86_400 + 86_399

    private static func zoneOffset(_ zone: [UInt8]) -> Int? {
        if zone == [UInt8(ascii: "Z")] || zone == [UInt8(ascii: "z")] { return 0 }
        guard zone.count == 6, zone[3] == UInt8(ascii: ":"),
              zone[0] == UInt8(ascii: "+") || zone[0] == UInt8(ascii: "-"),
              let hours = decimal(zone[1..<3]), hours < 24, let minutes = decimal(zone[4..<6]), minutes < 60 else {
            return nil
        }
        return (zone[0] == UInt8(ascii: "-") ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
}

extension Instant: CustomStringConvertible {
    package var description: String { rfc3339 }
}

private func floorDivided(_ value: Int64, _ divisor: Int64) -> Int64 {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
}
