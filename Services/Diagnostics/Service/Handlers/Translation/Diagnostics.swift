import Contracts
import ServiceKit
import Values

extension DiagnosticsV1.DiagnosticStatus {
    init(_ status: DiagnosticStatus) {
        self.init(rawValue: Int32(status.rawValue))
    }
}

extension DiagnosticsV1.Diagnostic {
    init(_ diagnostic: Diagnostic) {
        let participant = diagnostic.participant
        self.init(
            id: diagnostic.id.text, candidateId: participant.candidateID, applicationId: participant.applicationID,
            programme: participant.programme, cohortId: participant.cohortID,
            schoolUrn: participant.school.map { Int64($0.number) }, instrument: diagnostic.instrument.id,
            instrumentVersion: Int32(diagnostic.instrument.version), status: .init(diagnostic.status),
            items: Int32(diagnostic.items), answered: Int32(diagnostic.answered),
            assignedAt: .init(diagnostic.assignedAt), startedAt: diagnostic.startedAt.map { .init($0) },
            submittedAt: diagnostic.submittedAt.map { .init($0) }, updatedAt: .init(diagnostic.updatedAt),
            version: diagnostic.version)
    }
}

extension DiagnosticsV1.Answer {
    init(_ answer: Answer) {
        let choice: Choice = switch answer.choice {
        case .value(let value): .value(Int32(value))
        case .cannotSay: .cannotSay(true)
        }
        self.init(itemId: answer.itemID, answeredAt: .init(answer.answeredAt), choice: choice)
    }
}

extension DiagnosticsV1.Sheet {
    init(_ sheet: Sheet) {
        self.init(diagnostic: .init(sheet.diagnostic), instrument: .init(sheet.instrument),
                  answers: sheet.answers.map { .init($0) })
    }
}

extension DiagnosticsV1.CompetenceScore {
    init(_ score: CompetenceScore) {
        self.init(
            competence: .init(score.competence), items: Int32(score.items), responses: Int32(score.responses),
            cannotSay: Int32(score.cannotSay), mean: score.mean, standardDeviation: score.standardDeviation,
            standardError: score.standardError, distribution: score.distribution.map { Int32($0) })
    }
}

extension DiagnosticsV1.Profile {
    init(_ profile: Profile) {
        self.init(diagnostic: .init(profile.diagnostic), scores: profile.scores.map { .init($0) },
                  scalePoints: Int32(profile.scalePoints))
    }
}

extension GivenAnswer {
    /// When it was given, this service's clock says.
    init(_ answer: DiagnosticsV1.Answer) {
        itemID = answer.itemId
        choice = switch answer.choice {
        case .value(let value): .value(Int(value))
        case .cannotSay(true): .cannotSay
        case .cannotSay(false), nil: nil
        }
    }
}
