import Contracts

/// What TrainingEvents knows of who may book is what Enrolment decided. Whoever was rejected after having been accepted
/// stays known there as somebody who left.
package struct ParticipantsFollowApplications: Invariant {
    package let name = "participants-follow-applications"
    package let claim = "who may book is who was accepted, in the same state"
    package let subjects = "accepted applications"

    package init() {}

    package func judge(_ suite: SuiteSnapshot) -> Judgement {
        var participants: [String: TrainingEventsV1.Participant] = [:]
        for participant in suite.participants { participants[participant.applicationId] = participant }
        var judgement = Judgement()
        for application in suite.applications {
            let participant = participants.removeValue(forKey: application.id)
            guard application.approvalStatus == .accepted else {
                if let participant, participant.state != .withdrawn {
                    judgement.look(at: application.id, "is not accepted, but may book: \(participant.state.words)")
                }
                continue
            }
            judgement.look(at: application.id, participant.map { Self.fault(application, $0) } ?? "is not known to TrainingEvents")
        }
        for id in participants.keys.sorted() { judgement.look(at: id, "is known to TrainingEvents, and not to Enrolment") }
        return judgement
    }

    private static func fault(
        _ application: EnrolmentV1.Application, _ participant: TrainingEventsV1.Participant
    ) -> String? {
        if application.candidateId != participant.candidateId { return "is another person's for TrainingEvents" }
        if application.programme != participant.programme || application.cohortId != participant.cohortId {
            return "is for another programme or cohort for TrainingEvents"
        }
        if application.trainingStatus.rawValue != participant.state.rawValue {
            return "is \(application.trainingStatus.words), and \(participant.state.words) for TrainingEvents"
        }
        return nil
    }
}

extension MessageEnumWords {
    /// The last part of its name: "active" for TRAINING_STATUS_ACTIVE.
    var words: String { name.split(separator: "_").last.map { $0.lowercased() } ?? name }
}

/// States that are shown to people.
protocol MessageEnumWords { var name: String { get } }
extension EnrolmentV1.TrainingStatus: MessageEnumWords {}
extension TrainingEventsV1.ParticipantState: MessageEnumWords {}
extension DiagnosticsV1.DiagnosticStatus: MessageEnumWords {}
