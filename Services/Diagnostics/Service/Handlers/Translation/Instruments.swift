import Contracts

extension DiagnosticsV1.Competence {
    init(_ competence: Competence) {
        self.init(id: competence.id, kind: .init(rawValue: Int32(competence.kind.rawValue)), name: competence.name,
                  summary: competence.summary)
    }
}

extension DiagnosticsV1.Framework {
    init(_ framework: Framework) {
        self.init(id: framework.id, version: Int32(framework.version), name: framework.name, source: framework.source,
                  competences: framework.competences.map { .init($0) })
    }
}

extension DiagnosticsV1.Instrument {
    init(_ instrument: Instrument) {
        self.init(
            id: instrument.key.id, version: Int32(instrument.key.version), name: instrument.name,
            introduction: instrument.introduction, framework: instrument.frameworkID,
            frameworkVersion: Int32(instrument.frameworkVersion), programmes: instrument.programmes,
            scale: instrument.scale.map { .init(value: Int32($0.value), label: $0.label) },
            items: instrument.items.map { .init(id: $0.id, competence: $0.competence, text: $0.text) },
            minimumAnsweredPercent: Int32(instrument.minimumAnsweredPercent))
    }
}
