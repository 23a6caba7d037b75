@testable import DiagnosticsService

/// A framework of two competences and questionnaires of a few items, to count by hand.
enum SmallCatalogue {
    static let framework = Framework(
        id: "small", version: 1, name: "Small", source: "Made up",
        competences: [
            Competence(id: "calm", kind: .behaviour, name: "Calm", summary: "Stays calm."),
            Competence(id: "plans", kind: .contentArea, name: "Plans", summary: "Makes plans."),
        ])

    /// - Parameter items: of each competence.
    static func instrument(
        _ id: String = "small", version: Int = 1, items: Int = 2, points: Int = 5, programmes: [String] = [],
        percent: Int = 50
    ) -> Instrument {
        Instrument(
            key: InstrumentKey(id: id, version: version), name: "Small", introduction: "Made up.",
            frameworkID: "small", frameworkVersion: 1, programmes: programmes,
            scale: (1...points).map { ScalePoint(value: $0, label: "Point \($0)") },
            items: ["calm", "plans"].flatMap { competence in
                (1...items).map { Item(id: "\(competence)-\($0)", competence: competence, text: "\(competence) \($0)?") }
            },
            minimumAnsweredPercent: percent)
    }

    static func catalogue(_ instruments: Instrument...) -> InstrumentCatalogue {
        InstrumentCatalogue(frameworks: [framework], instruments: instruments)
    }
}
