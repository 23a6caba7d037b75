import Contracts
import ServiceKit
import Storage
import Values
import Wire

/// Applies Enrolment's events: who takes part, and whether they may book.
struct ApplicationNews: Sendable {
    /// The followed service.
    static let source = "enrolment"

    let store: TrainingEventsStore
    let wallClock: any WallClock

    /// The effect of one event, in the follower's transaction. Events about other things have none.
    func apply(_ event: CommonV1.FeedEvent, _ writer: any Writer) throws {
        guard event.payloadType == EnrolmentV1.ApplicationChanged.messageName else { return }
        let change = try EnrolmentV1.ApplicationChanged(decoding: event.payload)
        guard let application = change.application, let news = Self.participant(application) else { return }
        // Done by whoever changed the application, at this service's own time: deadlines count from now.
        let mutation = Mutation(
            principal: "service:\(Self.source)", method: event.type, key: nil, requestDigest: [],
            actor: Actor(id: event.actor?.id ?? "", kind: event.actor?.kind ?? ""), reason: "Told by \(event.type).",
            at: wallClock.now(), requestID: event.id)
        try store.apply(news, mutation, writer)
    }

    /// Nil before the decision: no participant yet.
    static func participant(_ application: EnrolmentV1.Application) -> Participant? {
        let state: ParticipantState
        switch (application.approvalStatus, application.trainingStatus) {
        case (.accepted, .active): state = .active
        case (.accepted, .deferred): state = .deferred
        // An acceptance may still be taken back by a rejection.
        case (.accepted, .withdrawn), (.rejected, _): state = .withdrawn
        // What this release does not know may not book, and loses nothing.
        case (.accepted, .unspecified), (.accepted, .unrecognized): state = .deferred
        case (.pending, _), (.unspecified, _), (.unrecognized, _): return nil
        }
        return Participant(
            applicationID: application.id, candidateID: application.candidateId, programme: application.programme,
            cohortID: application.cohortId,
            school: application.schoolUrn.flatMap { Int(exactly: $0) }.flatMap { URN(number: $0) }, state: state,
            version: application.version)
    }
}
