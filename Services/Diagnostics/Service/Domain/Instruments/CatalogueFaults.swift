extension InstrumentCatalogue {
    /// What is wrong with the data, each as a sentence that says where; none, if it can be used.
    var faults: [String] {
        Self.repeated(frameworks.map { "\($0.id) version \($0.version)" }).map { "Framework \($0) is there twice." }
            + Self.repeated(instruments.map(\.place)).map { "Instrument \($0) is there twice." }
            + frameworks.flatMap(Self.faults) + instruments.flatMap(faults) + ambiguities
    }

    private static func faults(_ framework: Framework) -> [String] {
        let place = "Framework \(framework.id) version \(framework.version)"
        var faults = repeated(framework.competences.map(\.id)).map { "\(place) has the competence \($0) twice." }
        for competence in framework.competences where isBlank(competence.name) || isBlank(competence.summary) {
            faults.append("\(place) does not say what \(competence.id) is.")
        }
        let kinds = framework.competences.map(\.kind.rawValue)
        if kinds != kinds.sorted() { faults.append("\(place) does not have the behaviours first.") }
        if framework.version < 1 { faults.append("\(place) must be version 1 or later.") }
        return faults
    }

    private func faults(_ instrument: Instrument) -> [String] {
        let place = "Instrument \(instrument.place)"
        var faults = Self.repeated(instrument.items.map(\.id)).map { "\(place) has the item \($0) twice." }
        faults += Self.repeated(instrument.items.map(\.text)).map { "\(place) asks twice: \($0)" }
        if instrument.key.version < 1 { faults.append("\(place) must be version 1 or later.") }
        if Self.isBlank(instrument.introduction) { faults.append("\(place) does not say what it is for.") }
        for item in instrument.items where Self.isBlank(item.text) {
            faults.append("\(place) does not say what \(item.id) asks.")
        }
        if instrument.scale.map(\.value) != Array(1...max(1, instrument.scale.count)) || instrument.scale.count < 2 {
            faults.append("\(place) needs a scale of two points or more, from 1 without gaps.")
        }
        if instrument.scale.contains(where: { Self.isBlank($0.label) }) {
            faults.append("\(place) has a point of the scale without a label.")
        }
        if !(1...100).contains(instrument.minimumAnsweredPercent) {
            faults.append("\(place) must ask for 1 to 100 per cent of the items.")
        }
        guard let framework = framework(of: instrument) else {
            return faults + ["\(place) is made for a framework that is not there."]
        }
        let competences = Set(framework.competences.map(\.id))
        let asked = Set(instrument.items.map(\.competence))
        faults += asked.subtracting(competences).sorted().map { "\(place) asks of \($0), which the framework lacks." }
        faults += competences.subtracting(asked).sorted().map { "\(place) asks nothing of \($0)." }
        return faults
    }

    /// An application has one diagnostic, so it must be clear of which questionnaire.
    private var ambiguities: [String] {
        let newest = newestVersions
        let forAll = newest.filter(\.programmes.isEmpty)
        return Self.repeated(newest.flatMap(\.programmes)).map { "Two instruments are for \($0)." }
            + (forAll.count > 1 ? ["Two instruments are for all: \(forAll.map(\.key.id).joined(separator: ", "))."] : [])
    }

    private static func repeated(_ texts: [String]) -> [String] {
        Dictionary(grouping: texts) { $0 }.filter { $0.value.count > 1 }.keys.sorted()
    }

    private static func isBlank(_ text: String) -> Bool {
        text.allSatisfy(\.isWhitespace)
    }
}

extension Instrument {
    fileprivate var place: String { "\(key.id) version \(key.version)" }
}
