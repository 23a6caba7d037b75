import Contracts
import TestSupport

/// Answers the questionnaires of those who were accepted, in sittings. Withdrawals close some of them meanwhile.
struct DiagnosticClient: OfficeClient {
    let client: KeyedClient
    let office: Office
    var random: SeededGenerator
    /// Applications whose questionnaire was seen to its end, or given up.
    private var done: Set<String> = []

    init(client: KeyedClient, office: Office, random: SeededGenerator) {
        self.client = client
        self.office = office
        self.random = random
    }

    mutating func run() async throws {
        while true {
            let open = office.participants.filter { !done.contains($0.application) }
            guard let participant = open.randomElement(using: &random) else {
                try await client.pause()
                continue
            }
            let list: DiagnosticsV1.ListDiagnosticsReply = try await client.read(
                "/v1/diagnostics?applicationId=\(participant.application)")
            // The news of an acceptance may be on its way.
            guard let diagnostic = list.diagnostics.first else {
                try await client.pause()
                continue
            }
            try await answer(diagnostic)
            done.insert(participant.application)
        }
    }

    private mutating func answer(_ diagnostic: DiagnosticsV1.Diagnostic) async throws {
        let path = "/v1/diagnostics/\(diagnostic.id)"
        let started: DiagnosticsV1.Sheet? = try await client.write(.startDiagnostic, "POST", "\(path):start") { _ in
            DiagnosticsV1.StartDiagnosticRequest()
        }
        guard let started, let instrument = started.instrument else { return }
        var version = started.diagnostic?.version ?? 0
        let half = instrument.items.count / 2
        for items in [instrument.items[..<half], instrument.items[half...]] {
            let answers = items.map { item in
                Int.random(in: 0..<8, using: &random) == 0
                    ? DiagnosticsV1.Answer(itemId: item.id, choice: .cannotSay(true))
                    : DiagnosticsV1.Answer(
                        itemId: item.id,
                        choice: .value(.random(in: 1...Int32(max(1, instrument.scale.count)), using: &random)))
            }
            let answered: DiagnosticsV1.Diagnostic? = try await client.write(
                .answerItems, "POST", "\(path):answer", version: version
            ) { _ in DiagnosticsV1.AnswerItemsRequest(answers: answers) }
            guard let answered else { return }
            version = answered.version
        }
        let _: DiagnosticsV1.Profile? = try await client.write(
            .submitDiagnostic, "POST", "\(path):submit", version: version
        ) { _ in DiagnosticsV1.SubmitDiagnosticRequest() }
    }
}
