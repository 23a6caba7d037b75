import Synchronization

/// The records that a plan's lines have become.
final class SeasonCast: Sendable {
    struct Record: Hashable, Sendable {
        var id: String
        var version: Int64
    }

    /// Somebody's place at an event, by the plan's numbers.
    struct Place: Hashable, Sendable {
        var event: Int
        var application: Int
    }

    private struct State: Sendable {
        var people: [Int: Record] = [:]
        var applications: [Int: Record] = [:]
        var applicationNumbers: [String: Int] = [:]
        var events: [Int: Record] = [:]
        var eventNumbers: [String: Int] = [:]
        var bookings: [Place: Record] = [:]
        /// By entry of a waiting list: how many of its offers were answered.
        var answers: [String: Int] = [:]
    }

    private let state = Mutex(State())

    func person(_ number: Int) -> Record? { state.withLock { $0.people[number] } }
    func setPerson(_ number: Int, _ record: Record) { state.withLock { $0.people[number] = record } }

    func application(_ number: Int) -> Record? { state.withLock { $0.applications[number] } }
    func applicationNumber(_ id: String) -> Int? { state.withLock { $0.applicationNumbers[id] } }
    func setApplication(_ number: Int, _ record: Record) {
        state.withLock {
            $0.applications[number] = record
            $0.applicationNumbers[record.id] = number
        }
    }

    func event(_ number: Int) -> Record? { state.withLock { $0.events[number] } }
    func eventNumber(_ id: String) -> Int? { state.withLock { $0.eventNumbers[id] } }
    func setEvent(_ number: Int, _ record: Record) {
        state.withLock {
            $0.events[number] = record
            $0.eventNumbers[record.id] = number
        }
    }

    func booking(_ place: Place) -> Record? { state.withLock { $0.bookings[place] } }
    func setBooking(_ place: Place, _ record: Record) { state.withLock { $0.bookings[place] = record } }
    var bookings: Int { state.withLock { $0.bookings.count } }

    func answers(_ entry: String) -> Int { state.withLock { $0.answers[entry] ?? 0 } }
    func setAnswers(_ entry: String, _ count: Int) { state.withLock { $0.answers[entry] = count } }
}
