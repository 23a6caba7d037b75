#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Ends a connection's wait for notifications from another thread.
package final class PostgresWaker: Sendable {
    // A pipe: both ends are numbers that stay good until the object goes.
    let reading: Int32
    private let writing: Int32

    /// Nil if the process has too many files open.
    package init?() {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { return nil }
        (reading, writing) = (ends[0], ends[1])
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
    }

    deinit {
        close(reading)
        close(writing)
    }

    /// Every wait from now on ends at once.
    package func wake() {
        var byte: UInt8 = 1
        _ = unsafe write(writing, &byte, 1)
    }

    /// Waits for `wake`, but not longer than this.
    package func wait(atMost limit: Duration) {
        var entry = unsafe pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
        _ = unsafe poll(&entry, 1, limit.wholeMilliseconds)
    }
}

extension Duration {
    /// Rounded up, and not more than a call of the system takes.
    var wholeMilliseconds: Int32 {
        let (seconds, atto) = components
        guard seconds < 2_000_000 else { return 2_000_000_000 }
        return max(0, Int32(seconds * 1000 + (atto + 999_999_999_999_999) / 1_000_000_000_000_000))
    }
}
