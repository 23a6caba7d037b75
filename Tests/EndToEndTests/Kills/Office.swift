import Contracts
import Synchronization

/// What the clients know together: where they work and whom they have made so far.
final class Office: Sendable {
    struct Participant: Hashable, Sendable {
        let application: String
        let candidate: String
    }

    struct Event: Hashable, Sendable {
        let id: String
        /// Begins so soon that its register is open already, and nothing is offered any more.
        let isSoon: Bool
    }

    private struct State: Sendable {
        var partners: [String] = []
        var participants: [Participant] = []
        var events: [Event] = []
        /// Applications whose training does not go on at present.
        var paused: Set<String> = []
    }

    let cohort: String
    /// URNs of schools that somebody can work at.
    let schools: [Int64]
    private let state = Mutex(State())

    init(cohort: String, schools: [Int64]) {
        self.cohort = cohort
        self.schools = schools
    }

    var partners: [String] { state.withLock { $0.partners } }
    var participants: [Participant] { state.withLock { $0.participants } }
    var events: [Event] { state.withLock { $0.events } }

    func add(partner: String) { state.withLock { $0.partners.append(partner) } }
    func add(_ event: Event) { state.withLock { $0.events.append(event) } }

    func remove(_ event: Event) { state.withLock { $0.events.removeAll { $0 == event } } }

    func add(_ accepted: EnrolmentV1.Application) {
        let participant = Participant(application: accepted.id, candidate: accepted.candidateId)
        state.withLock { $0.participants.append(participant) }
    }

    /// Tells the others whether somebody may be given places.
    func note(_ application: EnrolmentV1.Application) {
        state.withLock { state in
            if application.trainingStatus == .active {
                state.paused.remove(application.id)
            } else {
                state.paused.insert(application.id)
            }
        }
    }

    func isActive(_ participant: Participant) -> Bool {
        state.withLock { !$0.paused.contains(participant.application) }
    }
}
