import Foundation
import Synchronization

/// Where the time of day comes from. Durations are measured with Swift's own clocks instead.
package protocol WallClock: Sendable {
    func now() -> Instant
}

extension WallClock {
    /// The day it is in London, where every partner is.
    package func today() -> CalendarDate {
        London.date(of: now())
    }
}

package struct SystemWallClock: WallClock {
    package init() {}

    package func now() -> Instant {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }
}

/// For tests: stands still until it is set or advanced.
package final class FixedWallClock: WallClock {
    private let instant: Mutex<Instant>

    package init(_ instant: Instant) {
        self.instant = Mutex(instant)
    }

    package func now() -> Instant {
        instant.withLock { $0 }
    }

    package func set(_ new: Instant) {
        instant.withLock { $0 = new }
    }

    package func advance(by duration: Duration) {
        instant.withLock { $0 = $0 + duration }
    }
}

/// The civil time of London.
package enum London {
    /// The day that London's calendars show at an instant.
    package static func date(of instant: Instant) -> CalendarDate {
        let time = Date(timeIntervalSince1970: Double(instant.seconds))
        let offset = zone?.secondsFromGMT(for: time) ?? summerTimeOffset(instant)
        return instant.date(secondsFromUTC: offset) ?? (instant < .epoch ? .first : .last)
    }

    /// When London's clocks show a time of a day. In the hour that the spring skips: as if it had not; in the hour that
    /// the autumn repeats: the second.
    package static func instant(on day: CalendarDate, hour: Int, minute: Int = 0) -> Instant {
        let shown = Instant(microseconds: (Int64(day.dayNumber) * 86_400 + Int64(hour * 3600 + minute * 60)) * 1_000_000)
        let time = Date(timeIntervalSince1970: Double(shown.seconds))
        return shown - .seconds(zone?.secondsFromGMT(for: time) ?? summerTimeOffset(shown))
    }

    private static let zone = TimeZone(identifier: "Europe/London")

    /// The rule since 1996, for machines without a time zone database: summer time from 01:00 UTC on
    /// the last Sunday of March to 01:00 UTC on the last Sunday of October.
    static func summerTimeOffset(_ instant: Instant) -> Int {
        guard let date = instant.date(secondsFromUTC: 0) else { return 0 }
        func change(_ month: Int) -> Int64? {
            guard let end = CalendarDate(year: date.year, month: month, day: 31),
                  let sunday = end.adding(days: -(end.weekday % 7)) else { return nil }
            return Int64(sunday.dayNumber) * 86_400 + 3600
        }
        guard let spring = change(3), let autumn = change(10) else { return 0 }
        return instant.seconds >= spring && instant.seconds < autumn ? 3600 : 0
    }
}
