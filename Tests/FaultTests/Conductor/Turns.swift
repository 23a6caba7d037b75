import Synchronization

/// Who is being dealt with at present. A plan keeps faults apart by how long things usually take to get well again; on a
/// machine that is slower than that, what comes too soon is left out.
final class Turns: Sendable {
    private struct State {
        var busy: Set<String> = []
        var isAllTaken = false
        var done = 0
        var leftOut = 0
    }

    private let state = Mutex(State())

    /// Takes all of them or none. False: one of them is busy.
    func take(_ names: Set<String>) -> Bool {
        state.withLock { state in
            guard !state.isAllTaken, state.busy.isDisjoint(with: names) else {
                state.leftOut += 1
                return false
            }
            state.busy.formUnion(names)
            state.done += 1
            return true
        }
    }

    func giveBack(_ names: Set<String>) { state.withLock { $0.busy.subtract(names) } }

    /// Nobody gets a turn from now on. True once nobody has one any more.
    func takeAll() -> Bool {
        state.withLock { state in
            state.isAllTaken = true
            return state.busy.isEmpty
        }
    }

    func giveBackAll() {
        state.withLock { state in
            state.isAllTaken = false
            state.done += 1
        }
    }

    func noteLeftOut() { state.withLock { $0.leftOut += 1 } }

    var counts: (done: Int, leftOut: Int) { state.withLock { ($0.done, $0.leftOut) } }
}
