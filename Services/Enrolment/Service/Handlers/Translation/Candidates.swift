import Contracts
import ServiceKit
import Values

extension EnrolmentV1.Candidate {
    init(_ candidate: Candidate) {
        let details = candidate.details
        self.init(
            id: candidate.id.text, fullName: details.fullName, email: details.email, trn: details.trn?.text,
            schoolUrn: details.employer?.urn.map { Int64($0.number) },
            groupUid: details.employer?.groupUID.map { Int64($0) }, createdAt: .init(candidate.createdAt),
            updatedAt: .init(candidate.updatedAt), version: candidate.version)
    }
}

extension FieldViolations {
    mutating func candidateDetails(
        fullName: String, email: String?, trn: String?, schoolURN: Int64?, groupUID: Int64?
    ) -> CandidateDetails {
        var details = CandidateDetails(fullName: fullName, email: email)
        details.trn = trn.flatMap { self.trn($0, "trn") }
        require(schoolURN == nil || groupUID == nil, "groupUid", "must be left out beside a school")
        if let schoolURN, let urn = urn(schoolURN, "schoolUrn") {
            details.employer = .school(urn)
        } else if let groupUID, let uid = self.groupUID(groupUID, "groupUid") {
            details.employer = .trust(uid)
        }
        return details
    }
}
