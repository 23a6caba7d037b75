/// The instant at which a call's time is up. Absolute here, relative on the wire, so clocks need not agree.
package struct Deadline: Hashable, Comparable, Sendable {
    package let instant: ContinuousClock.Instant

    package init(_ instant: ContinuousClock.Instant) { self.instant = instant }

    package static func after(_ duration: Duration) -> Deadline { Deadline(.now.advanced(by: duration)) }

    /// Negative once it has passed.
    package var remaining: Duration { ContinuousClock.Instant.now.duration(to: instant) }

    package var hasPassed: Bool { instant <= .now }

    package static func < (left: Self, right: Self) -> Bool { left.instant < right.instant }
}

extension Duration {
    /// Whole microseconds, as deadlines travel.
    package var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds.multipliedReportingOverflow(by: 1_000_000).overflow
            ? .max : seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
