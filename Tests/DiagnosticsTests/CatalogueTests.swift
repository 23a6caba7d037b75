import Contracts
import RPC
import Testing
@testable import DiagnosticsService

@Suite("Frameworks and questionnaires")
struct CatalogueTests {
    @Test("what is shipped has no faults")
    func shipped() {
        #expect(InstrumentCatalogue.shipped.faults.isEmpty)
    }

    @Test("the framework has the seven behaviours, then the six content areas")
    func competences() {
        let framework = LeadershipFramework.version1
        #expect(framework.competences.map(\.name) == [
            "Commitment", "Collaboration", "Personal Drive", "Resilience", "Awareness", "Integrity", "Respect",
            "Strategy and Improvement", "Teaching and Curriculum Excellence", "Leading with Impact",
            "Working in Partnership", "Managing Resources and Risks", "Increasing Capability",
        ])
        #expect(framework.competences.map(\.kind).count { $0 == .behaviour } == 7)
    }

    @Test("the self-assessment asks three or four statements of each competence, on five points")
    func selfAssessment() {
        let instrument = SelfAssessment.version1
        let counts = Dictionary(grouping: instrument.items, by: \.competence).mapValues(\.count)
        #expect(counts.count == 13 && counts.values.allSatisfy { (3...4).contains($0) })
        #expect(instrument.items.count == 45 && instrument.scale.count == 5)
        #expect(instrument.minimumAnsweredPercent == 50)
        let neighbours = zip(instrument.items, instrument.items.dropFirst())
        #expect(neighbours.allSatisfy { $0.competence != $1.competence }, "no competence is asked of twice in a row")
    }

    @Test("each fault of the data is found", arguments: [
        ("twice", "Instrument small version 1 has the item calm-1 twice."),
        ("no item", "Instrument small version 1 asks nothing of plans."),
        ("other competence", "Instrument small version 1 asks of valour, which the framework lacks."),
        ("gap", "Instrument small version 1 needs a scale of two points or more, from 1 without gaps."),
        ("label", "Instrument small version 1 has a point of the scale without a label."),
        ("percent", "Instrument small version 1 must ask for 1 to 100 per cent of the items."),
        ("introduction", "Instrument small version 1 does not say what it is for."),
        ("framework", "Instrument small version 1 is made for a framework that is not there."),
        ("same text", "Instrument small version 1 asks twice: calm 1?"),
    ])
    func faults(kind: String, fault: String) {
        var instrument = SmallCatalogue.instrument()
        #expect(SmallCatalogue.catalogue(instrument).faults.isEmpty)
        switch kind {
        case "twice": instrument.items[1].id = "calm-1"
        case "no item": instrument.items.removeLast(2)
        case "other competence": instrument.items.append(Item(id: "v", competence: "valour", text: "Brave?"))
        case "gap": instrument.scale.remove(at: 1)
        case "label": instrument.scale[0].label = " "
        case "percent": instrument.minimumAnsweredPercent = 0
        case "introduction": instrument.introduction = ""
        case "same text": instrument.items[1].text = instrument.items[0].text
        default: instrument.frameworkVersion = 2
        }
        #expect(SmallCatalogue.catalogue(instrument).faults == [fault])
    }

    @Test("two questionnaires for one programme, and things that are there twice, are faults")
    func ambiguous() {
        let one = SmallCatalogue.instrument("one", programmes: ["p"])
        let two = SmallCatalogue.instrument("two", programmes: ["p"])
        #expect(SmallCatalogue.catalogue(one, two).faults == ["Two instruments are for p."])
        let all = SmallCatalogue.catalogue(SmallCatalogue.instrument("one"), SmallCatalogue.instrument("two"))
        #expect(all.faults == ["Two instruments are for all: one, two."])
        #expect(SmallCatalogue.catalogue(one, one).faults == ["Instrument one version 1 is there twice."])
        var framework = SmallCatalogue.framework
        framework.competences.reverse()
        framework.competences.append(framework.competences[0])
        #expect(InstrumentCatalogue(frameworks: [framework], instruments: []).faults == [
            "Framework small version 1 has the competence plans twice.",
            "Framework small version 1 does not have the behaviours first.",
        ])
    }

    @Test("a programme gets the newest version of its own questionnaire, else of the one for all")
    func assigned() {
        let catalogue = SmallCatalogue.catalogue(
            SmallCatalogue.instrument("all", version: 10), SmallCatalogue.instrument("all", version: 9),
            SmallCatalogue.instrument("own", programmes: ["p"]),
            SmallCatalogue.instrument("past", programmes: ["q"]), SmallCatalogue.instrument("past", version: 2, programmes: ["r"]))
        #expect(catalogue.faults.isEmpty)
        #expect(catalogue.assigned(to: "p")?.key == InstrumentKey(id: "own", version: 1))
        #expect(catalogue.assigned(to: "x")?.key == InstrumentKey(id: "all", version: 10))
        #expect(catalogue.assigned(to: "q")?.key.id == "all", "its newest version is not for that programme any more")
        #expect(SmallCatalogue.catalogue(SmallCatalogue.instrument(programmes: ["p"])).assigned(to: "x") == nil)
    }

    @Test("frameworks and questionnaires can be looked up, the newest version by default")
    func lookUp() async throws {
        let catalogue = SmallCatalogue.catalogue(
            SmallCatalogue.instrument(version: 2, items: 3), SmallCatalogue.instrument(version: 1))
        let harness = try Harness(catalogue: catalogue)
        let frameworks = try await harness.instruments.listFrameworks(.init()).frameworks
        #expect(frameworks.map(\.id) == ["small"] && frameworks[0].competences.map(\.kind) == [.behaviour, .contentArea])
        let listed = try await harness.instruments.listInstruments(.init()).instruments
        #expect(listed.map(\.version) == [1, 2] && listed.allSatisfy(\.items.isEmpty))
        #expect(try await harness.instruments.getInstrument(.init(id: "small")).items.count == 6)
        let first = try await harness.instruments.getInstrument(.init(id: "small", version: 1))
        #expect(first.items.count == 4 && first.scale.map(\.value) == [1, 2, 3, 4, 5])
        for request in [DiagnosticsV1.GetInstrumentRequest(id: "small", version: 3), .init(id: "large")] {
            #expect(await status { _ = try await harness.instruments.getInstrument(request) }?.code == .notFound)
        }
        let negative = await status { _ = try await harness.instruments.getInstrument(.init(id: "small", version: -1)) }
        #expect(negative?.fields == ["version"])
    }
}
