import Contracts
import Synchronization

/// What the clients know together: where they work and whom they have made so far.
package final class Office: Sendable {
    package struct Participant: Hashable, Sendable {
        package let application: String
        package let candidate: String
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

    package let cohort: String
    /// URNs of schools that somebody can work at.
    package let schools: [Int64]
    private let state = Mutex(State())

    package init(cohort: String, schools: [Int64]) {
        self.cohort = cohort
        self.schools = schools
    }

    static let schoolCount = 20
    static let registerRows = 200

    /// Gives a new suite a register, and a cohort to apply for.
    package static func open(_ suite: RunningSuite) async throws -> Office {
        let imported = try await suite.importRegister(rows: registerRows)
        let schools = try await suite.employers(schoolCount).map(\.urn)
        guard imported.state == .succeeded, schools.count == schoolCount else {
            throw Journal.Broken(description: "the register did not come in: \(imported)")
        }
        return Office(cohort: try await suite.openCohort().id, schools: schools)
    }

    var partners: [String] { state.withLock { $0.partners } }
    package var participants: [Participant] { state.withLock { $0.participants } }
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
