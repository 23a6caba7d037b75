import Contracts
import RPC
import Storage
import Testing
import TestSupport
import Values
@testable import DiagnosticsService

/// Whatever happens in whatever order, the service holds what a few lines of plain Swift hold.
@Suite("Diagnostics against a model")
struct ModelTests {
    /// One diagnostic as it should be.
    private struct Model {
        var application: String
        var applicationVersion: Int64 = 2
        var status = DiagnosticsV1.DiagnosticStatus.assigned
        var isStarted = false
        var answers: [String: DiagnosticsV1.Answer.Choice] = [:]
        var version: Int64 = 1
        var isOpen: Bool { status == .assigned || status == .started }

        mutating func start() {
            guard status == .assigned else { return }
            (status, isStarted) = (.started, true)
            version += 1
        }
    }

    private static let instrument = SmallCatalogue.instrument(items: 3)

    @Test("random changes do what the model does, and counts, history and feed agree with the answers")
    func random() async throws {
        var generator = Seed.generator(for: "Diagnostics against a model")
        let harness = try Harness(catalogue: SmallCatalogue.catalogue(Self.instrument))
        var models: [String: Model] = [:]
        for _ in 0..<8 {
            let made = try await harness.accepted()
            models[made.id] = Model(application: made.applicationId)
        }
        let ids = models.keys.sorted()
        var moves: Set<String> = []
        for step in 0..<400 {
            let id = try #require(ids.randomElement(using: &generator))
            var model = try #require(models[id])
            let before = model
            let refusal = try await act(on: id, &model, harness, &generator)
            #expect(refusal == nil || before.version == model.version, "step \(step)")
            models[id] = model
            moves.insert("\(before.status) \(model.status)")
            try await compare(id, model, harness, step)
        }
        #expect(moves.count >= 6, "the steps must lead somewhere: \(moves)")
    }

    /// One random change of both; what the service refused.
    private func act(
        on id: String, _ model: inout Model, _ harness: Harness, _ generator: inout SeededGenerator
    ) async throws -> RPCError? {
        let isStale = Int.random(in: 0..<8, using: &generator) == 0
        let expected = isStale ? model.version + 1 : [0, model.version].randomElement(using: &generator) ?? 0
        switch Int.random(in: 0..<16, using: &generator) {
        case 0:
            let error = await status { _ = try await harness.client.startDiagnostic(.init(id: id)) }
            #expect((error == nil) == model.isOpen)
            if error == nil { model.start() }
            return error
        case 1:
            let error = await status {
                _ = try await harness.client.submitDiagnostic(.init(id: id, expectedVersion: expected))
            }
            let isWhole = model.answers.count == Self.instrument.items.count
            #expect((error == nil) == (model.isOpen && isWhole && !isStale), "\(String(describing: error))")
            if error == nil { (model.status, model.version) = (.submitted, model.version + 1) }
            return error
        case 2, 3:
            return try await news(&model, harness, &generator)
        default:
            let answers = Self.instrument.items.shuffled(using: &generator).prefix(.random(in: 1...3, using: &generator)).map {
                let value = Int32.random(in: 0...5, using: &generator)
                return DiagnosticsV1.Answer(itemId: $0.id, choice: value == 0 ? .cannotSay(true) : .value(value))
            }
            let error = await status {
                _ = try await harness.client.answerItems(.init(id: id, answers: answers, expectedVersion: expected))
            }
            #expect((error == nil) == (model.isOpen && !isStale), "\(String(describing: error))")
            if error == nil {
                model.start()
                let held = model.answers
                for answer in answers { model.answers[answer.itemId] = answer.choice }
                if model.answers != held { model.version += 1 }
            }
            return error
        }
    }

    /// News of the application: new, or a repetition of what was told.
    private func news(_ model: inout Model, _ harness: Harness, _ generator: inout SeededGenerator) async throws -> RPCError? {
        let isNew = Bool.random(using: &generator)
        if isNew { model.applicationVersion += 1 }
        let training: EnrolmentV1.TrainingStatus = [.active, .active, .deferred, .withdrawn].randomElement(using: &generator) ?? .active
        try await harness.tell(Harness.application(
            model.application, version: model.applicationVersion, training: training))
        guard isNew else { return nil }
        if training == .withdrawn, model.isOpen {
            (model.status, model.version) = (.closed, model.version + 1)
        } else if training == .active, model.status == .closed {
            (model.status, model.version) = (model.isStarted ? .started : .assigned, model.version + 1)
        }
        return nil
    }

    private func compare(_ id: String, _ model: Model, _ harness: Harness, _ step: Int) async throws {
        let sheet = try await harness.client.getSheet(.init(id: id))
        let held = try #require(sheet.diagnostic)
        let answers = Dictionary(uniqueKeysWithValues: sheet.answers.map { ($0.itemId, $0.choice) })
        #expect(answers == model.answers.mapValues { Optional($0) }, "step \(step)")
        #expect(held.status == model.status && held.version == model.version, "step \(step)")
        #expect(Int(held.answered) == model.answers.count && (held.startedAt != nil) == model.isStarted, "step \(step)")
        guard step % 20 == 0 else { return }
        let versions = try await harness.store.read { try $0.history(entity: "diagnostic", id: id, limit: 1000) }.map(\.version)
        #expect(versions == (1...held.version).reversed(), "one entry a version")
        let told = try await harness.store.events(after: nil, limit: 10_000).filter { $0.event.subject == id }
        #expect(told.map(\.event.subjectVersion) == Array(1...held.version), "one event a version")
    }
}
