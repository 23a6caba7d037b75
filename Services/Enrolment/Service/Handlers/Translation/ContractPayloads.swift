import Contracts
import ServiceKit
import Values
import Wire

/// Writes events' payloads as the messages of the contracts.
struct ContractPayloads: EventPayloads {
    func application(_ application: Application, candidateName: String) -> EventPayload {
        EventPayload(EnrolmentV1.ApplicationChanged(application: .init(application), candidateName: candidateName))
    }

    func candidate(_ candidate: Candidate) -> EventPayload {
        let employer = candidate.details.employer
        return EventPayload(EnrolmentV1.CandidateChanged(
            candidateId: candidate.id.text, fullName: candidate.details.fullName,
            schoolUrn: employer?.urn.map { Int64($0.number) }, groupUid: employer?.groupUID.map { Int64($0) }))
    }
}
