import Synchronization

/// Makes identifiers, each greater than the one before it from the same source.
package protocol IdentifierSource: Sendable {
    func next() -> UUIDv7
}

/// Identifiers from the clock and the system's random numbers.
package final class SystemIdentifiers: IdentifierSource {
    private let clock: any WallClock
    private let last = Mutex<(milliseconds: UInt64, sequence: UInt16)>((0, 0))

    package init(clock: any WallClock = SystemWallClock()) {
        self.clock = clock
    }

    package func next() -> UUIDv7 {
        let now = UInt64(max(0, clock.now().microseconds / 1000))
        let (milliseconds, sequence) = last.withLock { last in
            // A clock that was set back, or more than 4,096 in a millisecond, runs ahead of the clock
            // a little: order matters more than the exact time.
            if now > last.milliseconds {
                last = (now, UInt16.random(in: 0..<0x0800))
            } else if last.sequence < 0x0FFF {
                last.sequence += 1
            } else {
                last = (last.milliseconds + 1, 0)
            }
            return last
        }
        return UUIDv7(milliseconds: milliseconds, sequence: sequence, random: UInt64.random(in: 0...UInt64.max))
    }
}

/// For tests: the same identifiers in every run, counted from 1 at one time.
package final class CountedIdentifiers: IdentifierSource {
    private let milliseconds: UInt64
    private let count = Mutex<UInt64>(0)

    package init(milliseconds: UInt64 = 1_506_643_200_000) {
        self.milliseconds = milliseconds
    }

    package func next() -> UUIDv7 {
        let number = count.withLock { count in
            count += 1
            return count
        }
        return UUIDv7(milliseconds: milliseconds + number / 4096, sequence: UInt16(number % 4096), random: number)
    }
}
