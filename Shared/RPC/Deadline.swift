/// The instant at which a call's time is up. Absolute here, relative on the wire, so clocks need not agree.
package struct Deadline: Hashable, Comparable, Sendable {
    /// From ``origin``. Not an instant: how that is laid out is known at run time only, and deadlines are copied with
    /// every head of a call.
    private let time: Duration

    private static let origin = ContinuousClock.now

    package init(_ instant: ContinuousClock.Instant) { time = Self.origin.duration(to: instant) }

    package static func after(_ duration: Duration) -> Deadline { Deadline(.now.advanced(by: duration)) }

    package var instant: ContinuousClock.Instant { Self.origin.advanced(by: time) }

    /// Negative once it has passed.
    package var remaining: Duration { time - Self.origin.duration(to: .now) }

    package var hasPassed: Bool { remaining <= .zero }

    package static func < (left: Self, right: Self) -> Bool { left.time < right.time }
}

extension Duration {
    /// Whole microseconds, as deadlines travel.
    package var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds.multipliedReportingOverflow(by: 1_000_000).overflow
            ? .max : seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
