import Contracts
import ServiceKit
import Values

extension EnrolmentV1.Application {
    init(_ application: Application) {
        self.init(
            id: application.id.text, candidateId: application.candidateID.text, programme: application.programme,
            programmeVersion: Int32(application.programmeVersion), cohortId: application.cohortID.text,
            approvalStatus: .init(application.approval), trainingStatus: .init(application.training),
            schedule: application.schedule ?? "", eligibleForFunding: application.isEligibleForFunding,
            fundedPlace: application.fundedPlace, partnerId: application.partnerID?.text,
            schoolUrn: application.employer?.urn.map { Int64($0.number) },
            groupUid: application.employer?.groupUID.map { Int64($0) }, statusReason: application.statusReason,
            declared: application.declared.map { .init(rawValue: Int32($0.rawValue)) },
            submittedAt: .init(application.submittedAt), acceptedAt: application.acceptedAt.map { .init($0) },
            updatedAt: .init(application.updatedAt), version: application.version)
    }
}

extension EnrolmentV1.ApprovalStatus {
    init(_ status: ApprovalStatus) {
        self.init(rawValue: Int32(status.rawValue))
    }
}

extension EnrolmentV1.TrainingStatus {
    init(_ status: TrainingStatus?) {
        self.init(rawValue: Int32(status?.rawValue ?? 0))
    }
}
