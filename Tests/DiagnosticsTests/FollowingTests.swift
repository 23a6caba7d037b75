import Contracts
import Logging
import RPC
import RPCInProcess
import ServiceKit
import ServiceLifecycle
import Storage
import Testing
import TestSupport
import Values
import Wire
@testable import DiagnosticsService

@Suite("Following Enrolment")
struct FollowingTests {
    private static let id = "0190163d-8694-739b-aea5-966c26f8ad91"

    /// Follows until as many events were applied.
    private func follow(_ source: Store, into harness: Harness, _ count: UInt64) async throws {
        let applied = MetricsRegistry().counter("applied_total", "Applied.").only
        let channel = InProcessChannel(to: StandardServices.server(
            Router(), store: source, readiness: Readiness(), metrics: MetricsRegistry(), logger: LogCapture().logger()))
        let news = harness.news
        let follower = FeedFollower(
            source: ApplicationNews.source, channel: channel, store: harness.store, clock: ContinuousClock(),
            jitter: { 1 }, logger: LogCapture().logger(), standing: FollowerStanding(), applied: applied
        ) { event, writer in try news.apply(event, writer) }
        let group = ServiceGroup(services: [follower], logger: LogCapture().logger())
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await poll(until: "\(count) events") { applied.value == count }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func say(_ type: String, _ application: EnrolmentV1.Application, in store: Store) async throws {
        let payload = EnrolmentV1.ApplicationChanged(application: application, candidateName: "Ada Example")
        try await store.write { writer in
            _ = try writer.appendEvent(StoredEvent(
                id: "e-\(application.version)", type: type, subject: application.id,
                subjectVersion: application.version, at: Harness.start, actor: Actor(id: "anna", kind: "token"),
                payloadType: EnrolmentV1.ApplicationChanged.messageName, payload: payload.encoded()))
        }
    }

    @Test("acceptance assigns, deferral changes nothing, withdrawal closes and resuming reopens, over restarts")
    func life() async throws {
        try await withTemporaryDirectory { folder in
            let source = try Store(
                opening: TestStore.location(path: folder.file("enrolment.sqlite")), service: "enrolment", migrations: [],
                at: Harness.start, log: LogCapture().logger())
            let path = folder.file("diagnostics.sqlite")
            var harness = try Harness(path: path)
            let id = Self.id
            try await say("application.submitted", Harness.application(id, version: 1, approval: .pending,
                                                                       training: .unspecified), in: source)
            try await follow(source, into: harness, 1)
            #expect(try await harness.diagnostic(of: id) == nil)
            try await say("application.accepted", Harness.application(id, version: 2), in: source)
            try await follow(source, into: harness, 1)
            let assigned = try #require(try await harness.diagnostic(of: id))
            #expect(assigned.candidateId == Harness.candidate(id) && assigned.cohortId == Harness.cohort)
            let answered = try await harness.answer(assigned.id, first: 7)
            harness.store.close()

            harness = try Harness(path: path)
            try await say("application.deferred", Harness.application(id, version: 3, training: .deferred), in: source)
            try await follow(source, into: harness, 1)
            #expect(try await harness.diagnostic(of: id) == answered)
            try await say("application.withdrawn", Harness.application(id, version: 4, training: .withdrawn), in: source)
            try await follow(source, into: harness, 1)
            #expect(try await harness.diagnostic(of: id)?.status == .closed)
            let refused = await status { [harness] in _ = try await harness.answer(assigned.id, first: 9) }
            #expect(refused?.reason == "DIAGNOSTIC_CLOSED")
            try await say("application.resumed", Harness.application(id, version: 5), in: source)
            try await follow(source, into: harness, 1)
            let reopened = try #require(try await harness.diagnostic(of: id))
            #expect(reopened.status == .started && reopened.answered == 7 && reopened.startedAt == answered.startedAt)
            #expect(try await harness.answer(assigned.id, first: 9).answered == 9)
            let entry = try await harness.history(assigned.id).first { $0.change == "reopened" }
            #expect(entry?.actor?.id == "anna" && entry?.reason == "Told by application.resumed.")
            harness.store.close()
            source.close()
        }
    }

    @Test("the whole feed again, and news out of its time, change nothing")
    func replay() async throws {
        let harness = try Harness()
        let id = Self.id
        let story = [
            Harness.application(id, version: 1, approval: .pending, training: .unspecified),
            Harness.application(id, version: 2), Harness.application(id, version: 3, training: .withdrawn),
            Harness.application(id, version: 4),
        ]
        for application in story { try await harness.tell(application) }
        let held = try #require(try await harness.diagnostic(of: id))
        #expect(held.status == .assigned && held.version == 3)
        for application in story + story.reversed() { try await harness.tell(application) }
        #expect(try await harness.diagnostic(of: id) == held)
        #expect(try await harness.feed() == ["diagnostic.assigned", "diagnostic.closed", "diagnostic.reopened"])
    }

    @Test("somebody who was rejected gets none, also if the acceptance before it comes late")
    func late() async throws {
        let harness = try Harness()
        try await harness.tell(Harness.application(Self.id, version: 3, approval: .rejected, training: .unspecified))
        try await harness.tell(Harness.application(Self.id, version: 2))
        #expect(try await harness.diagnostic(of: Self.id) == nil)
    }

    /// What becomes of a diagnostic that was assigned, started or submitted, by news of each standing.
    @Test("leaving closes what is open, whether by withdrawal or by rejection", arguments: [
        (EnrolmentV1.ApprovalStatus.accepted, EnrolmentV1.TrainingStatus.withdrawn, true), (.rejected, .unspecified, true),
        (.rejected, .active, true), (.accepted, .active, false), (.accepted, .deferred, false),
        (.accepted, .unspecified, false), (.accepted, .unrecognized(9), false), (.pending, .unspecified, false),
        (.unrecognized(9), .withdrawn, false),
    ])
    func leaving(approval: EnrolmentV1.ApprovalStatus, training: EnrolmentV1.TrainingStatus, closes: Bool) async throws {
        let harness = try Harness()
        let assigned = try await harness.accepted()
        let started = try #require(try await harness.client.startDiagnostic(.init(id: try await harness.accepted().id)).diagnostic)
        let submitted = try await harness.accepted()
        try await harness.answer(submitted.id)
        _ = try await harness.client.submitDiagnostic(.init(id: submitted.id))
        for diagnostic in [assigned, started, submitted] {
            try await harness.tell(Harness.application(
                diagnostic.applicationId, version: 3, approval: approval, training: training))
        }
        func statuses() async throws -> [DiagnosticsV1.DiagnosticStatus] {
            var found: [DiagnosticsV1.DiagnosticStatus] = []
            for diagnostic in [assigned, started, submitted] {
                found.append(try await harness.client.getDiagnostic(.init(id: diagnostic.id)).status)
            }
            return found
        }
        #expect(try await statuses() == (closes ? [.closed, .closed, .submitted] : [.assigned, .started, .submitted]))
        for diagnostic in [assigned, started, submitted] {
            try await harness.tell(Harness.application(diagnostic.applicationId, version: 4))
        }
        #expect(try await statuses() == [.assigned, .started, .submitted])
    }

    @Test("an application has one diagnostic, whatever the code does")
    func unique() async throws {
        let harness = try Harness()
        let held = try await harness.accepted()
        let error = await #expect(throws: StoreError.self) {
            try await harness.store.write { writer in
                var copy = try #require(try DiagnosticTable.find(application: held.applicationId, writer))
                copy.id = SystemIdentifiers().next()
                try DiagnosticTable.insert(copy, writer)
            }
        }
        guard case .constraint(let constraint) = error?.code else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(constraint.kind == .unique)
    }

    @Test("somebody in a programme without a questionnaire is assigned none, and other events are passed over")
    func none() async throws {
        let only = SmallCatalogue.catalogue(SmallCatalogue.instrument(programmes: ["npq-headship"]))
        let harness = try Harness(catalogue: only)
        try await harness.tell(Harness.application(Self.id, version: 2))
        try await harness.tell(Harness.application(Self.id, version: 3, training: .withdrawn))
        #expect(try await harness.diagnostic(of: Self.id) == nil)
        let other = CommonV1.FeedEvent(id: "e", type: "cohort.opened", payload: [1, 2], payloadType: "olp.enrolment.v1.X")
        try await harness.store.write { [news = harness.news] writer in try news.apply(other, writer) }
        #expect(try await harness.feed().isEmpty)
    }
}
