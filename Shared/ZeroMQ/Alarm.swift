internal import CZeroMQ
import Glibc

/// A timer of the system's that `epoll` waits for with everything else.
///
/// Set anew only for an earlier instant than the one it stands at: a timeout given to every `epoll_wait` would have the
/// kernel start and stop a timer for every message, though nearly all of a process's timers are later than its next
/// message. What it costs is a wake-up for nothing now and then, at most one for each instant that was set.
struct Alarm: ~Copyable {
    let descriptor: Int32
    /// When it goes off; `.max`: not at all.
    private var instant = UInt64.max

    init() {
        descriptor = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_CLOEXEC | TFD_NONBLOCK))
        precondition(descriptor >= 0, "no descriptors left for the I/O thread's timer")
    }

    deinit { close(descriptor) }

    /// Makes it go off at `wanted` or before, in nanoseconds of ``IOThread/clock()``.
    mutating func goOff(by wanted: UInt64) {
        guard wanted < instant else { return }
        instant = wanted
        var time = itimerspec()
        // All zeros would stop it.
        time.it_value.tv_sec = Int(wanted / 1_000_000_000)
        time.it_value.tv_nsec = Int(max(1, wanted % 1_000_000_000))
        let result = unsafe timerfd_settime(descriptor, Int32(TFD_TIMER_ABSTIME), &time, nil)
        precondition(result == 0, "the I/O thread's timer could not be set: error \(errno)")
    }

    /// To be called when its descriptor was reported.
    mutating func wentOff() { instant = .max }
}
