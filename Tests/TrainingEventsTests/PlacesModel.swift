import Values

/// The rules of places once more, written as plainly as can be and without looking at the service's own: what
/// random changes are held against.
struct PlacesModel {
    enum State { case active, deferred, withdrawn }

    struct Entry: Equatable {
        var person: Int
        var order: Int
        var priority: Int
        var auto: Bool
        var passed = -1
        var deadline: Instant?
    }

    struct Event: Equatable {
        var capacity: Int
        var reserved = 0
        var blocked = 0
        var starts: Instant
        var booked: Set<Int> = []
        var list: [Entry] = []
        var releases = 0

        var free: Int { capacity - booked.count - list.count { $0.deadline != nil } - reserved - blocked }
        var served: [Entry] { list.sorted { ($0.priority, $0.order) < ($1.priority, $1.order) } }
    }

    static let length = Duration.seconds(6 * 3600)

    var events: [Event]
    var states: [State]
    var now: Instant
    private var joined = 0

    init(events: [Event], people: Int, now: Instant) {
        self.events = events
        states = Array(repeating: .active, count: people)
        self.now = now
    }

    // MARK: What everything is made of

    private func hasBegun(_ event: Int) -> Bool { now >= events[event].starts }

    mutating func settle(_ event: Int) {
        if hasBegun(event) {
            events[event].list = []
            return
        }
        let due = events[event].list.filter { entry in entry.deadline.map { $0 <= now } ?? false }
        if due.isEmpty { return }
        events[event].list.removeAll { entry in due.contains(entry) }
        events[event].releases += due.count
        promote(event)
    }

    mutating func promote(_ event: Int) {
        if hasBegun(event) { return }
        for entry in events[event].served where entry.deadline == nil {
            if events[event].free == 0 { return }
            guard states[entry.person] == .active, entry.passed < events[event].releases,
                  let index = events[event].list.firstIndex(of: entry) else { continue }
            if entry.auto {
                events[event].list.remove(at: index)
                events[event].booked.insert(entry.person)
                continue
            }
            let deadline = min(now + .seconds(48 * 3600), events[event].starts - .seconds(72 * 3600))
            if deadline > now { events[event].list[index].deadline = deadline }
        }
    }

    /// Does a change as a whole, or not at all.
    private mutating func attempt(_ change: (inout PlacesModel) -> Bool) -> Bool {
        var copy = self
        guard change(&copy) else { return false }
        self = copy
        return true
    }

    private mutating func take(_ person: Int, _ event: Int) -> Bool {
        guard !hasBegun(event), states[person] == .active, !events[event].booked.contains(person) else { return false }
        let mine = events[event].list.first { $0.person == person }
        guard mine?.deadline != nil || events[event].free > 0 else { return false }
        events[event].list.removeAll { $0.person == person }
        events[event].booked.insert(person)
        return true
    }

    private mutating func release(_ event: Int) {
        events[event].releases += 1
        promote(event)
    }

    // MARK: Changes; each tells whether it is done

    mutating func book(_ person: Int, _ event: Int, wait priority: Int?, auto: Bool) -> Bool {
        attempt { model in
            model.settle(event)
            if model.take(person, event) { return true }
            guard let priority, !model.hasBegun(event), model.states[person] == .active,
                  !model.events[event].booked.contains(person),
                  !model.events[event].list.contains(where: { $0.person == person }) else { return false }
            model.joined += 1
            model.events[event].list.append(
                Entry(person: person, order: model.joined, priority: priority, auto: auto))
            return true
        }
    }

    mutating func cancel(_ person: Int, _ event: Int) -> Bool {
        attempt { model in
            model.settle(event)
            guard !model.hasBegun(event), model.events[event].booked.remove(person) != nil else { return false }
            model.release(event)
            return true
        }
    }

    mutating func move(_ person: Int, _ from: Int, _ to: Int) -> Bool {
        attempt { model in
            model.settle(from)
            model.settle(to)
            guard !model.hasBegun(from), model.events[from].booked.contains(person), model.take(person, to) else {
                return false
            }
            model.events[from].booked.remove(person)
            model.release(from)
            return true
        }
    }

    mutating func accept(_ person: Int, _ event: Int) -> Bool {
        attempt { model in
            model.settle(event)
            guard model.events[event].list.contains(where: { $0.person == person && $0.deadline != nil }) else {
                return false
            }
            return model.take(person, event)
        }
    }

    mutating func decline(_ person: Int, _ event: Int, keep: Bool) -> Bool {
        attempt { model in
            model.settle(event)
            guard let index = model.events[event].list.firstIndex(where: { $0.person == person && $0.deadline != nil })
            else { return false }
            if keep {
                model.events[event].list[index].deadline = nil
                model.events[event].list[index].passed = model.events[event].releases
            } else {
                model.events[event].list.remove(at: index)
            }
            model.promote(event)
            return true
        }
    }

    mutating func leave(_ person: Int, _ event: Int) -> Bool {
        attempt { model in
            model.settle(event)
            guard let index = model.events[event].list.firstIndex(where: { $0.person == person }) else { return false }
            if model.events[event].list.remove(at: index).deadline != nil { model.release(event) }
            return true
        }
    }

    mutating func resize(_ event: Int, _ capacity: Int, reserved: Int, blocked: Int) -> Bool {
        attempt { model in
            model.settle(event)
            guard model.now < model.events[event].starts + Self.length else { return false }
            let before = model.events[event]
            model.events[event].capacity = capacity
            model.events[event].reserved = reserved
            model.events[event].blocked = blocked
            guard model.events[event].free >= 0 else { return false }
            if model.events[event].free > before.free { model.events[event].releases += 1 }
            if model.events[event] != before { model.promote(event) }
            return true
        }
    }

    mutating func become(_ state: State, _ person: Int) {
        let before = states[person]
        states[person] = state
        for event in events.indices {
            let waits = events[event].list.first { $0.person == person }
            let isBooked = events[event].booked.contains(person)
            guard waits != nil || isBooked else { continue }
            if state == .withdrawn {
                settle(event)
                if hasBegun(event) { continue }
                let offer = events[event].list.first { $0.person == person }?.deadline
                events[event].list.removeAll { $0.person == person }
                let hadPlace = events[event].booked.remove(person) != nil
                if offer != nil || hadPlace { release(event) }
            } else if state == .active, before == .deferred {
                settle(event)
                promote(event)
            }
        }
    }

    /// What must hold of every event at which nothing is due, whatever was done.
    var faults: [String] {
        events.indices.flatMap { index in
            let event = events[index]
            var faults = event.free < 0 ? ["event \(index) is oversold"] : []
            let isDue = event.list.contains { entry in entry.deadline.map { $0 <= now } ?? false }
            if event.free > 0, !isDue, now < event.starts {
                let asked = event.list.filter { entry in
                    entry.deadline == nil && states[entry.person] == .active && entry.passed < event.releases
                        && (entry.auto || event.starts - .seconds(72 * 3600) > now)
                }
                // Who came into the notice period while a place was free was asked before.
                if !asked.isEmpty { faults.append("event \(index) has a free place, and \(asked) wait") }
            }
            return faults
        }
    }
}
