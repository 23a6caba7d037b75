/// Something to do on the I/O thread at an instant. Used on that thread only.
package final class LoopTimer {
    fileprivate(set) var instant: UInt64 = 0
    fileprivate var index = -1
    let fire: () -> Void

    package init(_ fire: @escaping () -> Void) { self.fire = fire }

    package var isArmed: Bool { index >= 0 }
}

/// The armed timers, earliest first. A timer knows its place, so that disarming it leaves nothing behind: most
/// deadlines are disarmed long before they come.
struct TimerHeap {
    private var items: [LoopTimer] = []

    var nextInstant: UInt64? { items.first?.instant }
    var count: Int { items.count }

    mutating func arm(_ timer: LoopTimer, at instant: UInt64) {
        if timer.isArmed { disarm(timer) }
        timer.instant = instant
        timer.index = items.count
        items.append(timer)
        siftUp(timer.index)
    }

    mutating func disarm(_ timer: LoopTimer) {
        guard timer.isArmed else { return }
        let index = timer.index
        timer.index = -1
        let last = items.removeLast()
        guard last !== timer else { return }
        place(last, index)
        siftDown(index)
        siftUp(last.index)
    }

    /// Removes and returns a timer whose instant has come.
    mutating func takeDue(at now: UInt64) -> LoopTimer? {
        guard let first = items.first, first.instant <= now else { return nil }
        disarm(first)
        return first
    }

    private mutating func place(_ timer: LoopTimer, _ index: Int) {
        items[index] = timer
        timer.index = index
    }

    private mutating func siftUp(_ start: Int) {
        var index = start
        let timer = items[index]
        while index > 0 {
            let parent = (index - 1) / 2
            guard timer.instant < items[parent].instant else { break }
            place(items[parent], index)
            index = parent
        }
        place(timer, index)
    }

    private mutating func siftDown(_ start: Int) {
        var index = start
        let timer = items[index]
        while true {
            var child = 2 * index + 1
            guard child < items.count else { break }
            if child + 1 < items.count, items[child + 1].instant < items[child].instant { child += 1 }
            guard items[child].instant < timer.instant else { break }
            place(items[child], index)
            index = child
        }
        place(timer, index)
    }
}
