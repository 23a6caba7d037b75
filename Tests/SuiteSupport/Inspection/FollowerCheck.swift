import Contracts
import TestSupport

/// Whether those who follow a feed hold what its source holds.
package struct FollowerCheck {
    private let suite: RunningSuite
    private let office: Office

    package init(suite: RunningSuite, office: Office) {
        self.suite = suite
        self.office = office
    }

    /// How long followers may take to hear of the last event.
    static let patience = Duration.seconds(30)

    /// Waits until every service has applied the whole of each feed that it follows.
    /// - Returns: how many feeds are followed.
    package func caughtUp() async throws -> Int {
        try await poll(for: "the followers to be where their sources are", timeout: Self.patience) {
            var count = 0
            for follower in RunningSuite.services where follower != "gateway" {
                let followed: CommonV1.ListFollowedReply = try await ask(follower, "Feed/ListFollowed")
                for feed in followed.feeds {
                    let end: CommonV1.FeedEnd = try await ask(feed.source, "Feed/GetFeedPosition")
                    guard feed.position == end.position else { return nil }
                    count += 1
                }
            }
            return count
        }
    }

    private func ask<Reply: JSONMessage>(_ service: String, _ method: String) async throws -> Reply {
        let outcome = try await suite.olp("call", service, method, "{}", "--json")
        guard outcome.isSuccess else { throw StoreUnreadable(description: "\(outcome)") }
        return try Reply(jsonText: outcome.output)
    }

    /// Every page of a list.
    private func all<Reply: JSONMessage, Element>(
        _ path: String, _ elements: (Reply) -> [Element], _ token: (Reply) -> String
    ) async throws -> [Element] {
        var found: [Element] = []
        var page = ""
        repeat {
            let separator = path.contains("?") ? "&" : "?"
            let reply: Reply = try await suite.call("GET", "\(path)\(separator)pageSize=100&pageToken=\(page)")
            found += elements(reply)
            page = token(reply)
        } while !page.isEmpty
        return found
    }

    private func applications() async throws -> [EnrolmentV1.Application] {
        try await all(
            "/v1/applications", { (reply: EnrolmentV1.ListApplicationsReply) in reply.applications }, \.nextPageToken)
    }

    /// Everybody who was ever accepted has one questionnaire; it is closed while they are out, unless it was submitted.
    package func diagnostics() async throws -> [String] {
        let held = Dictionary(
            grouping: try await all(
                "/v1/diagnostics", { (reply: DiagnosticsV1.ListDiagnosticsReply) in reply.diagnostics }, \.nextPageToken),
            by: \.applicationId)
        let everAccepted = Set(office.participants.map(\.application))
        var problems = Set(held.keys).subtracting(everAccepted).map { "\($0) was never accepted, and is asked" }
        for application in try await applications() where everAccepted.contains(application.id) {
            let statuses = held[application.id, default: []].map(\.status)
            let isOut = state(application) == .withdrawn
            let isRight =
                statuses.count == 1 && (statuses == [.submitted] || (statuses == [.closed]) == isOut)
            if !isRight { problems.append("\(application) has questionnaires that are \(statuses)") }
        }
        return problems
    }

    /// TrainingEvents' participants are the applications that were accepted, each as far as it is.
    package func participants() async throws -> [String] {
        let participants = try await all(
            "/v1/participants", { (reply: TrainingEventsV1.ListParticipantsReply) in reply.participants },
            \.nextPageToken)
        let held = Dictionary(uniqueKeysWithValues: participants.map { ($0.applicationId, $0) })
        let everAccepted = Set(office.participants.map(\.application))
        var problems = Set(held.keys).subtracting(everAccepted).map { "participant \($0) was never accepted" }
        for application in try await applications() where everAccepted.contains(application.id) {
            let expected = TrainingEventsV1.Participant(
                applicationId: application.id, candidateId: application.candidateId, programme: application.programme,
                cohortId: application.cohortId, schoolUrn: application.schoolUrn, state: state(application))
            if held[application.id] != expected {
                problems.append("\(application) makes \(held[application.id].map { "\($0)" } ?? "no participant")")
            }
        }
        return problems
    }

    private func state(_ application: EnrolmentV1.Application) -> TrainingEventsV1.ParticipantState {
        switch application.trainingStatus {
        case .active: .active
        case .deferred: .deferred
        // Rejected after all: whoever was a participant is none any more.
        default: .withdrawn
        }
    }
}
