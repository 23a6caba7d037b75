import Contracts
import HTTPClient

/// Questionnaires, answered in two sittings.
extension SeasonPlay {
    func fillInQuestionnaires() async throws {
        let diagnostics = try await crew.ask { line in try await assigned(line) }
        try await crew.play("filling in questionnaires", diagnostics) { diagnostic, line in
            guard let number = cast.applicationNumber(diagnostic.applicationId) else { return }
            try await Self.fillIn(diagnostic, plan.applications[number], line)
        }
    }

    /// Those that somebody of this season will begin.
    private func assigned(_ line: PlayLine) async throws -> [DiagnosticsV1.Diagnostic] {
        let cohorts = plan.cohorts.map { "cohortId=\(HTTPRequest.encoded($0.id))" }.joined(separator: "&")
        var diagnostics: [DiagnosticsV1.Diagnostic] = []
        var token = ""
        repeat {
            let page: DiagnosticsV1.ListDiagnosticsReply = try await line.get(
                "/v1/diagnostics?\(cohorts)&pageSize=100&pageToken=\(HTTPRequest.encoded(token))")
            diagnostics += page.diagnostics.filter { diagnostic in
                guard diagnostic.status == .assigned, let number = cast.applicationNumber(diagnostic.applicationId)
                else { return false }
                return plan.applications[number].questionnaire != .untouched
            }
            token = page.nextPageToken
        } while !token.isEmpty
        return diagnostics
    }

    private static func fillIn(
        _ diagnostic: DiagnosticsV1.Diagnostic, _ planned: PlannedApplication, _ line: PlayLine
    ) async throws {
        let path = "/v1/diagnostics/\(HTTPRequest.encoded(diagnostic.id))"
        let step = "diagnostic-\(diagnostic.applicationId)"
        let sheet: DiagnosticsV1.Sheet = try await line.write(
            "POST", "\(path):start", DiagnosticsV1.StartDiagnosticRequest(), step: "\(step)-start")
        guard let instrument = sheet.instrument, var version = sheet.diagnostic?.version else {
            throw Failure(.failure, "diagnostics started a questionnaire without saying which")
        }
        let answers = planned.answers.answers(to: instrument)
        let half = answers.count / 2
        // The second sitting begins with a second thought about the last answer of the first.
        let sittings = [answers[..<half], answers[max(0, half - 1)...]]
        for (number, sitting) in sittings.enumerated() where !sitting.isEmpty {
            if number == 1, planned.questionnaire == .firstSitting { return }
            let kept: DiagnosticsV1.Diagnostic = try await line.write(
                "POST", "\(path):answer", DiagnosticsV1.AnswerItemsRequest(answers: Array(sitting)), version: version,
                step: "\(step)-sitting-\(number + 1)")
            version = kept.version
        }
        let _: DiagnosticsV1.Profile = try await line.write(
            "POST", "\(path):submit", DiagnosticsV1.SubmitDiagnosticRequest(), version: version, step: "\(step)-submit")
    }
}
