import Contracts

/// Acceptance assigns one diagnostic, withdrawal closes it unless it was submitted, and resuming opens it again. Programmes
/// without a questionnaire have none.
package struct DiagnosticsFollowApplications: Invariant {
    package let name = "diagnostics-follow-applications"
    package let claim = "every accepted application has its one diagnostic, in a state that fits"
    package let subjects = "accepted applications"

    package init() {}

    package func judge(_ suite: SuiteSnapshot) -> Judgement {
        let isForAll = suite.instruments.contains { $0.programmes.isEmpty }
        let assessed = Set(suite.instruments.flatMap(\.programmes))
        var diagnostics = Dictionary(grouping: suite.diagnostics, by: \.applicationId)
        var judgement = Judgement()
        for application in suite.applications {
            let own = diagnostics.removeValue(forKey: application.id) ?? []
            if application.approvalStatus == .accepted {
                let isAssessed = isForAll || assessed.contains(application.programme)
                judgement.look(at: application.id, own.isEmpty && !isAssessed ? nil : Self.fault(application, own))
            } else if let open = own.first(where: { !Self.isOver($0) }) {
                judgement.look(at: application.id, "is not accepted, but has a diagnostic that is \(open.status.words)")
            }
        }
        for id in diagnostics.keys.sorted() { judgement.look(at: id, "has a diagnostic, and is not known to Enrolment") }
        return judgement
    }

    private static func fault(
        _ application: EnrolmentV1.Application, _ diagnostics: [DiagnosticsV1.Diagnostic]
    ) -> String? {
        guard let diagnostic = diagnostics.first, diagnostics.count == 1 else { return "has \(diagnostics.count) diagnostics" }
        if diagnostic.candidateId != application.candidateId { return "has a diagnostic of another person" }
        if diagnostic.programme != application.programme || diagnostic.cohortId != application.cohortId {
            return "has a diagnostic for another programme or cohort"
        }
        let isWithdrawn = application.trainingStatus == .withdrawn
        let fits = isWithdrawn ? isOver(diagnostic) : diagnostic.status != .closed
        return fits ? nil : "is \(application.trainingStatus.words), and its diagnostic \(diagnostic.status.words)"
    }

    /// Takes no answers any more.
    private static func isOver(_ diagnostic: DiagnosticsV1.Diagnostic) -> Bool {
        diagnostic.status == .submitted || diagnostic.status == .closed
    }
}
