import Contracts
import HTTPClient
import SuiteSupport
import TestSupport
import Testing

extension OfficeStory {
    private typealias V1 = DiagnosticsV1

    mutating func aQuestionnaireIsAssigned() async throws {
        let application = try application("Carys").id
        diagnostic = try await poll(for: "Carys's questionnaire", timeout: RunningSuite.patience) {
            let list: V1.ListDiagnosticsReply = try await suite.call(
                "GET", "/v1/diagnostics?applicationId=\(application)")
            return list.diagnostics.first
        }
        #expect(diagnostic.status == .assigned)
        #expect(diagnostic.items > 0 && diagnostic.answered == 0)
        // Amina has withdrawn; hers is closed. Elin was never accepted; there is none.
        try await poll(until: "Amina's questionnaire to close", timeout: RunningSuite.patience) {
            let list: V1.ListDiagnosticsReply = try await suite.call(
                "GET", "/v1/diagnostics?applicationId=\(try self.application("Amina").id)")
            return list.diagnostics.map(\.status) == [.closed]
        }
        let none: V1.ListDiagnosticsReply = try await suite.call(
            "GET", "/v1/diagnostics?applicationId=\(try self.application("Elin").id)")
        #expect(none.diagnostics.isEmpty)
    }

    mutating func itIsAnsweredInTwoSittings() async throws {
        let path = "/v1/diagnostics/\(diagnostic.id)"
        let sheet: V1.Sheet = try await suite.call("POST", "\(path):start", V1.StartDiagnosticRequest())
        let items = try #require(sheet.instrument).items
        #expect(items.count == Int(diagnostic.items) && sheet.answers.isEmpty)
        let half = items.count / 2

        let first: V1.Diagnostic = try await suite.call(
            "POST", "\(path):answer",
            V1.AnswerItemsRequest(answers: items[..<half].map { .init(itemId: $0.id, choice: .value(3)) }),
            fields: [("If-Match", "\"\(sheet.diagnostic?.version ?? 0)\"")])
        #expect(Int(first.answered) == half)
        let early = try await suite.refusal(
            "POST", "\(path):submit", V1.SubmitDiagnosticRequest(expectedVersion: first.version))
        #expect(early.contains("FAILED_PRECONDITION") && early.contains("\(items.count - half)"), "\(early)")

        // On another device: it finds what was answered.
        let resumed: V1.Sheet = try await suite.call("GET", "\(path)/sheet")
        #expect(resumed.answers.map(\.itemId) == items[..<half].map(\.id))
        let stale = try await suite.send(
            "POST", "\(path):answer",
            json: V1.AnswerItemsRequest(answers: [.init(itemId: items[0].id, choice: .value(1))]).jsonText(),
            fields: [("If-Match", "\"\(first.version - 1)\"")])
        #expect(stale.status == 412, "\(stale.text)")
        let rest = items[half...].enumerated().map { index, item in
            index == 0
                ? V1.Answer(itemId: item.id, choice: .cannotSay(true)) : V1.Answer(itemId: item.id, choice: .value(2))
        }
        diagnostic = try await suite.call(
            "POST", "\(path):answer", V1.AnswerItemsRequest(answers: rest),
            fields: [("If-Match", "\"\(first.version)\"")])
        #expect(diagnostic.answered == diagnostic.items)
    }

    mutating func itIsSubmittedAndHasAProfile() async throws {
        let path = "/v1/diagnostics/\(diagnostic.id)"
        let submitted: V1.Profile = try await suite.call(
            "POST", "\(path):submit", V1.SubmitDiagnosticRequest(expectedVersion: diagnostic.version))
        let profile: V1.Profile = try await suite.call("GET", "\(path)/profile")
        #expect(profile == submitted)
        diagnostic = try #require(profile.diagnostic)
        #expect(diagnostic.status == .submitted)
        #expect(profile.scores.reduce(0) { $0 + $1.items } == diagnostic.items)
        #expect(profile.scores.reduce(0) { $0 + $1.cannotSay } == 1)
        for score in profile.scores {
            #expect(score.distribution.reduce(0, +) == score.responses)
            #expect(score.responses + score.cannotSay == score.items)
            if let mean = score.mean { #expect((2.0...3.0).contains(mean)) }
        }
        let sheet: V1.Sheet = try await suite.call("GET", "\(path)/sheet")
        let item = try #require(sheet.answers.first?.itemId)
        let late = try await suite.refusal(
            "POST", "\(path):answer",
            V1.AnswerItemsRequest(answers: [.init(itemId: item, choice: .value(1))], expectedVersion: diagnostic.version))
        #expect(late.contains("FAILED_PRECONDITION"), "\(late)")
        try await changes.hears("diagnostic.assigned")
        try await changes.hears("diagnostic.submitted", of: diagnostic.id)
    }
}
