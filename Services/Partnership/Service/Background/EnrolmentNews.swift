import Contracts
import Storage
import Values
import Wire

/// Takes from Enrolment's events what is counted: where each candidate works, and what became of each application.
struct EnrolmentNews: Sendable {
    /// The followed service.
    static let source = "enrolment"

    let store: PartnershipStore

    /// The effect of one event, in the follower's transaction. Events about other things have none.
    func apply(_ event: CommonV1.FeedEvent, _ writer: any Writer) throws {
        switch event.payloadType {
        case EnrolmentV1.CandidateChanged.messageName:
            let change = try EnrolmentV1.CandidateChanged(decoding: event.payload)
            try store.apply(CountedCandidate(
                id: event.subject, school: URN(told: change.schoolUrn), version: event.subjectVersion), writer)
        case EnrolmentV1.ApplicationChanged.messageName:
            let change = try EnrolmentV1.ApplicationChanged(decoding: event.payload)
            guard let application = change.application else { return }
            try store.apply(CountedApplication(
                id: event.subject, candidateID: application.candidateId, school: URN(told: application.schoolUrn),
                partner: application.partnerId.flatMap { UUIDv7($0) }, isParticipant: Self.isParticipant(application),
                version: event.subjectVersion), writer)
        default: return
        }
    }

    /// A state of training that this release does not know is not a withdrawal.
    private static func isParticipant(_ application: EnrolmentV1.Application) -> Bool {
        application.approvalStatus == .accepted && application.trainingStatus != .withdrawn
    }
}

extension URN {
    /// What another service names a school by; nil for none, and for what cannot be a URN.
    init?(told number: Int64?) {
        guard let number = number.flatMap({ Int(exactly: $0) }), let urn = URN(number: number) else { return nil }
        self = urn
    }
}
