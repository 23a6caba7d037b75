import Contracts
import RPC
import RPCInProcess
import ServiceKit
import Storage
import Testing
import TestSupport
import Values
import Wire
@testable import DiagnosticsService

/// The service without its process: a store of its own, a clock that stands still, and the same parts
/// that the assembly joins.
final class Harness: Sendable {
    /// 2 October 2017, noon in London.
    static let start = Instant(microseconds: 1_506_942_000_000_000)
    static let programme = "npq-senior-leadership"
    static let cohort = "2017a"

    let store: Store
    let diagnostics: DiagnosticsStore
    let wallClock: FixedWallClock
    let channel: InProcessChannel
    let news: ApplicationNews
    let log = LogCapture()
    private let applicationIDs = CountedIdentifiers(milliseconds: 1_500_000_000_000)

    /// - Parameter path: file of the store; nil: a temporary one.
    init(path: String? = nil, at start: Instant = Harness.start, catalogue: InstrumentCatalogue = .shipped) throws {
        let location = try TestStore.location(path: path)
        store = try Store(opening: location, service: "diagnostics", migrations: Migrations.all, at: start,
                          log: log.logger())
        wallClock = FixedWallClock(start)
        diagnostics = DiagnosticsStore(
            store: store, identifiers: SystemIdentifiers(), payloads: ContractPayloads(), catalogue: catalogue)
        news = ApplicationNews(store: diagnostics, wallClock: wallClock)
        var router = Router()
        InstrumentCalls(catalogue: catalogue).register(with: &router)
        DiagnosticCalls(store: diagnostics, wallClock: wallClock).register(with: &router)
        channel = InProcessChannel(to: StandardServices.server(
            router, store: store, readiness: Readiness(), metrics: MetricsRegistry(), logger: log.logger()))
    }

    var client: DiagnosticsClient { DiagnosticsClient(channel) }
    var instruments: InstrumentsClient { InstrumentsClient(channel) }

    // MARK: Enrolment's part

    static func application(
        _ id: String, version: Int64, approval: EnrolmentV1.ApprovalStatus = .accepted,
        training: EnrolmentV1.TrainingStatus = .active, programme: String = Harness.programme,
        cohort: String = Harness.cohort
    ) -> EnrolmentV1.Application {
        .init(id: id, candidateId: candidate(id), programme: programme, cohortId: cohort, approvalStatus: approval,
              trainingStatus: training, schoolUrn: 137_773, version: version)
    }

    static func candidate(_ application: String) -> String { "candidate-of-\(application)" }

    /// Applies an event as the follower does, in a transaction of its own.
    func tell(_ application: EnrolmentV1.Application, type: String = "application.changed") async throws {
        let payload = EnrolmentV1.ApplicationChanged(application: application, candidateName: "Ada Example")
        let event = CommonV1.FeedEvent(
            id: "e-\(application.version)", type: type, actor: .init(id: "anna", kind: "token"),
            payload: payload.encoded(), payloadType: EnrolmentV1.ApplicationChanged.messageName)
        try await store.write { [news] writer in try news.apply(event, writer) }
    }

    /// The diagnostic of somebody who is accepted now.
    func accepted(
        programme: String = Harness.programme, cohort: String = Harness.cohort
    ) async throws -> DiagnosticsV1.Diagnostic {
        let id = applicationIDs.next().text
        try await tell(Self.application(id, version: 2, programme: programme, cohort: cohort))
        return try #require(try await diagnostic(of: id))
    }

    /// The diagnostic of an application; nil if it has none.
    func diagnostic(of application: String) async throws -> DiagnosticsV1.Diagnostic? {
        let found = try await client.listDiagnostics(.init(applicationId: [application])).diagnostics
        #expect(found.count <= 1)
        return found.first
    }

    // MARK: The candidate's part

    /// Answers by `choice` to the first items, or to all.
    @discardableResult
    func answer(
        _ id: String, first count: Int? = nil, _ choice: @Sendable (Int) -> DiagnosticsV1.Answer.Choice = { _ in .value(3) }
    ) async throws -> DiagnosticsV1.Diagnostic {
        let items = try #require(try await client.getSheet(.init(id: id)).instrument).items
        let answers = items.prefix(count ?? items.count).enumerated().map { index, item in
            DiagnosticsV1.Answer(itemId: item.id, choice: choice(index))
        }
        return try await client.answerItems(.init(id: id, answers: answers))
    }

    func feed() async throws -> [String] {
        try await store.events(after: nil, limit: 100_000).map(\.event.type)
    }

    func history(_ id: String) async throws -> [CommonV1.HistoryEntry] {
        try await client.listDiagnosticHistory(.init(id: id, pageSize: 100)).entries
    }
}

/// The status that a call ends with; nil if it succeeds.
func status(_ call: () async throws -> Void) async -> RPCError? {
    do {
        try await call()
        return nil
    } catch let error as RPCError {
        return error
    } catch {
        Issue.record("not a status: \(error)")
        return nil
    }
}

extension RPCError {
    /// The reason for programs.
    var reason: String {
        StatusDetails.first(GoogleRPC.ErrorInfo.self, in: self)?.reason ?? "\(code)"
    }

    /// The fields that an INVALID_ARGUMENT names.
    var fields: [String] {
        StatusDetails.first(GoogleRPC.BadRequest.self, in: self)?.fieldViolations.map(\.field) ?? []
    }
}
