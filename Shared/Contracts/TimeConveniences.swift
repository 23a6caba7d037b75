/// Instants and lengths of time as the rest of the suite counts them: in microseconds.
extension GoogleProtobuf.Timestamp {
    package init(microsecondsSince1970 microseconds: Int64) {
        let (seconds, rest) = Self.split(microseconds, by: 1_000_000)
        self.init(seconds: seconds, nanos: Int32(rest) * 1_000)
    }

    /// Whole microseconds, rounded down; nil if the fields are not those of an instant in the years 1 to 9999.
    package var microsecondsSince1970: Int64? {
        guard Self.validSeconds.contains(seconds), (0..<1_000_000_000).contains(nanos) else { return nil }
        return seconds * 1_000_000 + Int64(nanos / 1_000)
    }

    /// Quotient and remainder, the remainder never negative.
    private static func split(_ value: Int64, by divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

extension GoogleProtobuf.Duration {
    /// Below a nanosecond it is cut off.
    package init(_ duration: Swift.Duration) {
        let (seconds, attoseconds) = duration.components
        self.init(seconds: seconds, nanos: Int32(attoseconds / 1_000_000_000))
    }

    /// nil if the fields are not those of a length within ten thousand years.
    package var duration: Swift.Duration? {
        secondsText == nil ? nil : .seconds(seconds) + .nanoseconds(Int64(nanos))
    }
}
