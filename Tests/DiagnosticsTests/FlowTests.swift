import Contracts
import RPC
import ServiceKit
import Storage
import Testing
import TestSupport
import Values
import Wire
@testable import DiagnosticsService

@Suite("A diagnostic from the assignment to the profile")
struct FlowTests {
    private let minute = Duration.seconds(60)

    @Test("it is begun on one device, gone on with on another, changed, and submitted")
    func wholeWay() async throws {
        let harness = try Harness()
        let assigned = try await harness.accepted()
        #expect(assigned.status == .assigned && assigned.items == 45 && assigned.answered == 0)
        #expect(assigned.instrument == "npq-self-assessment" && assigned.instrumentVersion == 1)
        #expect(assigned.schoolUrn == 137_773 && assigned.version == 1 && assigned.startedAt == nil)
        let id = assigned.id

        harness.wallClock.advance(by: minute)
        let sheet = try await harness.client.startDiagnostic(.init(id: id))
        let instrument = try #require(sheet.instrument)
        #expect(sheet.diagnostic?.status == .started && sheet.answers.isEmpty && instrument.items.count == 45)
        #expect(sheet.diagnostic?.startedAt == .init(Harness.start + minute))
        let again = try await harness.client.startDiagnostic(.init(id: id))
        #expect(again == sheet, "starting twice changes nothing")

        harness.wallClock.advance(by: minute)
        let first = try await harness.answer(id, first: 20)
        #expect(first.answered == 20 && first.version == 3 && first.status == .started)

        // The other device reads where the first one stopped.
        let resumed = try await harness.client.getSheet(.init(id: id))
        #expect(resumed.diagnostic == first)
        #expect(resumed.answers.map(\.itemId) == instrument.items.prefix(20).map(\.id))
        #expect(resumed.answers.allSatisfy { $0.choice == .value(3) && $0.answeredAt == .init(Harness.start + minute * 2) })
        let early = await status { _ = try await harness.client.submitDiagnostic(.init(id: id)) }
        #expect(early?.code == .failedPrecondition && early?.reason == "ITEMS_UNANSWERED")
        #expect(early?.message.contains("25 of 45.") == true)
        let none = await status { _ = try await harness.client.getProfile(.init(id: id)) }
        #expect(none?.reason == "DIAGNOSTIC_NOT_SUBMITTED")

        let whole = try await harness.answer(id) { $0 % 2 == 0 ? .value(Int32($0 % 5) + 1) : .cannotSay(true) }
        #expect(whole.answered == 45 && whole.version == 4)
        harness.wallClock.advance(by: minute)
        let profile = try await harness.client.submitDiagnostic(.init(id: id, expectedVersion: 4))
        #expect(profile.diagnostic?.status == .submitted && profile.diagnostic?.version == 5)
        #expect(profile.diagnostic?.submittedAt == .init(Harness.start + minute * 3))
        #expect(profile.scores.count == 13 && profile.scalePoints == 5)
        #expect(profile.scores.reduce(0) { $0 + $1.responses } == 23)
        #expect(profile.scores.reduce(0) { $0 + $1.cannotSay } == 22)
        #expect(try await harness.client.getProfile(.init(id: id)) == profile)
        #expect(try await harness.client.getSheet(.init(id: id)).answers.count == 45)
    }

    @Test("a score is that of the answers to the items of its competence")
    func scores() async throws {
        let harness = try Harness(catalogue: SmallCatalogue.catalogue(SmallCatalogue.instrument(items: 4)))
        let id = try await harness.accepted().id
        let values: [Int32?] = [1, 2, 5, 4, nil, nil, nil, 5]
        try await harness.answer(id) { values[$0].map { .value($0) } ?? .cannotSay(true) }
        let profile = try await harness.client.submitDiagnostic(.init(id: id))
        let (calm, plans) = (profile.scores[0], profile.scores[1])
        #expect(calm.competence?.id == "calm" && calm.competence?.kind == .behaviour)
        #expect(calm.mean == 3 && calm.responses == 4 && calm.distribution == [1, 1, 0, 1, 1])
        #expect(abs((calm.standardError ?? 0) - 0.9128709291752769) < 1e-12)
        #expect(plans.mean == nil && plans.standardError == nil && plans.cannotSay == 3 && plans.responses == 1)
    }

    @Test("answering starts what was not started, as two changes")
    func startsByAnswering() async throws {
        let harness = try Harness()
        let id = try await harness.accepted().id
        let answered = try await harness.answer(id, first: 1)
        #expect(answered.status == .started && answered.version == 3 && answered.startedAt != nil)
        #expect(try await harness.feed() == ["diagnostic.assigned", "diagnostic.started", "diagnostic.answered"])
    }

    @Test("answers that say the same again change nothing, whatever they are sent with")
    func sameAgain() async throws {
        let harness = try Harness()
        let id = try await harness.accepted().id
        let first = try await harness.answer(id, first: 3)
        harness.wallClock.advance(by: minute)
        #expect(try await harness.answer(id, first: 3) == first)
        let changed = try await harness.answer(id, first: 3) { $0 == 2 ? .cannotSay(true) : .value(3) }
        #expect(changed.answered == 3 && changed.version == first.version + 1)
        let times = try await harness.client.getSheet(.init(id: id)).answers.map(\.answeredAt)
        #expect(times == [.init(Harness.start), .init(Harness.start), .init(Harness.start + minute)])
    }

    @Test("of two devices that name the same version one is told to read again, and loses nothing held")
    func staleVersion() async throws {
        let harness = try Harness()
        let id = try await harness.accepted().id
        let item = SelfAssessment.version1.items[0].id
        func answer(_ value: Int32, _ version: Int64) async throws {
            _ = try await harness.client.answerItems(.init(
                id: id, answers: [.init(itemId: item, choice: .value(value))], expectedVersion: version))
        }
        try await answer(2, 1)
        let late = await status { try await answer(5, 1) }
        #expect(late?.code == .aborted && late?.reason == "STALE_VERSION")
        #expect(try await harness.client.getSheet(.init(id: id)).answers.map(\.choice) == [.value(2)])
        try await answer(5, 3)
        #expect(try await harness.client.getSheet(.init(id: id)).answers.map(\.choice) == [.value(5)])
        try await harness.answer(id)
        let submit = await status { _ = try await harness.client.submitDiagnostic(.init(id: id, expectedVersion: 4)) }
        #expect(submit?.code == .aborted)
        #expect(try await harness.client.getDiagnostic(.init(id: id)).status == .started)
    }

    @Test("devices that answer different items at one moment lose nothing of each other")
    func atOnce() async throws {
        let harness = try Harness()
        let id = try await harness.accepted().id
        let items = SelfAssessment.version1.items
        try await withThrowingTaskGroup { devices in
            for (number, item) in items.enumerated() {
                devices.addTask {
                    let answer = DiagnosticsV1.Answer(itemId: item.id, choice: .value(Int32(number % 5) + 1))
                    _ = try await harness.client.answerItems(.init(id: id, answers: [answer]))
                }
            }
            try await devices.waitForAll()
        }
        let sheet = try await harness.client.getSheet(.init(id: id))
        #expect(sheet.diagnostic?.answered == 45 && sheet.diagnostic?.version == 47)
        #expect(sheet.answers.map(\.choice) == items.indices.map { .value(Int32($0 % 5) + 1) })
        #expect(try await harness.feed().count == 47)
    }

    @Test("a request that is repeated with its key is answered as before, and done once")
    func keyTwice() async throws {
        let harness = try Harness()
        let id = try await harness.accepted().id
        let items = SelfAssessment.version1.items
        let request = DiagnosticsV1.AnswerItemsRequest(
            id: id, answers: items.map { .init(itemId: $0.id, choice: .value(5)) }, expectedVersion: 1)
        let options = CallOptions(idempotencyKey: "answers")
        let first = try await harness.client.answerItems(request, options: options)
        harness.wallClock.advance(by: minute)
        #expect(try await harness.client.answerItems(request, options: options) == first, "though the version is old now")
        var other = request
        other.answers.removeLast()
        let reused = await status { [other] in _ = try await harness.client.answerItems(other, options: options) }
        #expect(reused?.reason == "IDEMPOTENCY_KEY_REUSED")
        let submit = CallOptions(idempotencyKey: "submit")
        let profile = try await harness.client.submitDiagnostic(.init(id: id), options: submit)
        #expect(try await harness.client.submitDiagnostic(.init(id: id), options: submit) == profile)
        #expect(try await harness.feed().count { $0 == "diagnostic.submitted" } == 1)
    }

    @Test("what is submitted stays as it is")
    func final() async throws {
        let harness = try Harness()
        let id = try await harness.accepted().id
        try await harness.answer(id)
        _ = try await harness.client.submitDiagnostic(.init(id: id))
        let before = try await harness.client.getSheet(.init(id: id))
        let refusals = [
            await status { _ = try await harness.client.startDiagnostic(.init(id: id)) },
            await status { _ = try await harness.answer(id, first: 1) { _ in .value(1) } },
            await status { _ = try await harness.client.submitDiagnostic(.init(id: id)) },
        ]
        #expect(refusals.map { $0?.reason } == Array(repeating: "DIAGNOSTIC_SUBMITTED", count: 3))
        #expect(try await harness.client.getSheet(.init(id: id)) == before)
    }

    @Test("wrong answers are all named and none is kept, and nothing is started by them")
    func wrong() async throws {
        let harness = try Harness()
        let id = try await harness.accepted().id
        let items = SelfAssessment.version1.items
        let error = await status {
            _ = try await harness.client.answerItems(.init(id: id, answers: [
                .init(itemId: items[0].id, choice: .value(1)), .init(itemId: items[1].id, choice: .value(6)),
                .init(itemId: "none", choice: .value(0)), .init(itemId: items[2].id),
                .init(itemId: items[3].id, choice: .cannotSay(false)),
            ]))
        }
        #expect(error?.code == .invalidArgument)
        #expect(error?.fields == ["answers[1].value", "answers[2].itemId", "answers[2].value", "answers[3]", "answers[4]"])
        let empty = await status { _ = try await harness.client.answerItems(.init(id: id)) }
        #expect(empty?.fields == ["answers"])
        #expect(try await harness.client.getSheet(.init(id: id)).answers.isEmpty)
        #expect(try await harness.client.getDiagnostic(.init(id: id)).status == .assigned)
        let negative = await status {
            _ = try await harness.client.submitDiagnostic(.init(id: id, expectedVersion: -1))
        }
        #expect(negative?.fields == ["expectedVersion"])
    }

    @Test("what is not there is not found, by every method", arguments: ["0190163d-8694-739b-aea5-966c26f8ad91", "x"])
    func notFound(id: String) async throws {
        let harness = try Harness()
        let client = harness.client
        let item = SelfAssessment.version1.items[0].id
        let codes = [
            await status { _ = try await client.startDiagnostic(.init(id: id)) },
            await status {
                _ = try await client.answerItems(.init(id: id, answers: [.init(itemId: item, choice: .value(1))]))
            },
            await status { _ = try await client.submitDiagnostic(.init(id: id)) },
            await status { _ = try await client.getDiagnostic(.init(id: id)) },
            await status { _ = try await client.getSheet(.init(id: id)) },
            await status { _ = try await client.getProfile(.init(id: id)) },
            await status { _ = try await client.listDiagnosticHistory(.init(id: id)) },
        ].map { $0?.code }
        #expect(codes == Array(repeating: .notFound, count: 7))
    }

    @Test("history says how many items were answered; neither it, nor the feed, nor the log says how")
    func discreet() async throws {
        let harness = try Harness()
        let id = try await harness.accepted().id
        try await harness.answer(id, first: 10)
        try await harness.answer(id, first: 12) { $0 < 3 ? .value(1) : .value(3) }
        _ = await status { _ = try await harness.answer(id, first: 1) { _ in .value(77) } }
        let entries = try await harness.history(id)
        #expect(entries.map(\.change) == ["answered", "answered", "started", "assigned"])
        #expect(entries.map(\.version) == [4, 3, 2, 1])
        #expect(entries.map(\.detailJson) == [
            #"{"answered":["10","12"],"answeredAnew":["0","3"]}"#, #"{"answered":["0","10"]}"#, "{}", "{}",
        ])
        let items = SelfAssessment.version1.items
        let lines = harness.log.lines.map(\.description)
        #expect(!lines.isEmpty && !lines.contains { line in items.contains { line.contains($0.id) } })
        for record in try await harness.store.events(after: nil, limit: 100) {
            let told = try DiagnosticsV1.DiagnosticChanged(decoding: record.event.payload).diagnostic
            #expect(told?.version == record.event.subjectVersion && told?.id == id)
            let text = String(decoding: record.event.payload, as: UTF8.self)
            #expect(!items.contains { text.contains($0.id) })
        }
    }

    @Test("a diagnostic keeps the version it was assigned with, also when a newer one is released, over a restart")
    func versions() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.file("diagnostics.sqlite")
            let old = SmallCatalogue.instrument(version: 1, items: 2)
            var harness = try Harness(path: path, catalogue: SmallCatalogue.catalogue(old))
            let first = try await harness.accepted()
            let answered = try await harness.answer(first.id, first: 3)
            harness.store.close()

            let new = SmallCatalogue.instrument(version: 2, items: 3)
            harness = try Harness(path: path, catalogue: SmallCatalogue.catalogue(old, new))
            let sheet = try await harness.client.getSheet(.init(id: first.id))
            #expect(sheet.diagnostic == answered && sheet.instrument?.version == 1 && sheet.answers.count == 3)
            let other = Harness.application("0190163d-8694-739b-aea5-966c26f8ad91", version: 2)
            try await harness.tell(other)
            let second = try #require(try await harness.diagnostic(of: other.id))
            #expect(second.instrumentVersion == 2 && second.items == 6)
            try await harness.answer(first.id)
            #expect(try await harness.client.submitDiagnostic(.init(id: first.id)).scores.map(\.items) == [2, 2])
            harness.store.close()

            // A release that lacks the version says so, and answers what it can.
            harness = try Harness(path: path, catalogue: SmallCatalogue.catalogue(new))
            let missing = await status { [harness] in _ = try await harness.client.getSheet(.init(id: first.id)) }
            #expect(missing?.code == .internal)
            #expect(try await harness.client.getDiagnostic(.init(id: first.id)).status == .submitted)
            harness.store.close()
        }
    }
}
