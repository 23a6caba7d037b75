import Contracts
import ServiceKit
import Storage
import Values
import Wire

/// Applies Enrolment's events: who was accepted and gets a questionnaire, and who has left or is back.
struct ApplicationNews: Sendable {
    /// The followed service.
    static let source = "enrolment"

    let store: DiagnosticsStore
    let wallClock: any WallClock

    /// The effect of one event, in the follower's transaction. Events about other things have none.
    func apply(_ event: CommonV1.FeedEvent, _ writer: any Writer) throws {
        guard event.payloadType == EnrolmentV1.ApplicationChanged.messageName else { return }
        let change = try EnrolmentV1.ApplicationChanged(decoding: event.payload)
        guard let application = change.application else { return }
        // Done by whoever changed the application, at this service's own time.
        let mutation = Mutation(
            principal: "service:\(Self.source)", method: event.type, key: nil, requestDigest: [],
            actor: Actor(id: event.actor?.id ?? "", kind: event.actor?.kind ?? ""), reason: "Told by \(event.type).",
            at: wallClock.now(), requestID: event.id)
        try store.apply(Self.state(application), mutation, writer)
    }

    static func state(_ application: EnrolmentV1.Application) -> ApplicationState {
        ApplicationState(
            participant: Participant(
                applicationID: application.id, candidateID: application.candidateId, programme: application.programme,
                cohortID: application.cohortId,
                school: application.schoolUrn.flatMap { Int(exactly: $0) }.flatMap { URN(number: $0) }),
            standing: standing(application), version: application.version)
    }

    private static func standing(_ application: EnrolmentV1.Application) -> Standing {
        switch (application.approvalStatus, application.trainingStatus) {
        case (.rejected, _), (.accepted, .withdrawn): .left
        case (.accepted, .active): .active
        case (.accepted, .deferred): .deferred
        // What this release does not know changes nothing.
        case (.accepted, .unspecified), (.accepted, .unrecognized): .undecided
        case (.pending, _), (.unspecified, _), (.unrecognized, _): .undecided
        }
    }
}
