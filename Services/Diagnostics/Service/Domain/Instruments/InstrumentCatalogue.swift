/// The frameworks and questionnaires that a release knows, in all their versions.
struct InstrumentCatalogue: Sendable {
    /// By id, then version.
    let frameworks: [Framework]
    /// By id, then version.
    let instruments: [Instrument]

    init(frameworks: [Framework], instruments: [Instrument]) {
        self.frameworks = frameworks.sorted { ($0.id, $0.version) < ($1.id, $1.version) }
        self.instruments = instruments.sorted { ($0.key.id, $0.key.version) < ($1.key.id, $1.key.version) }
    }

    /// What comes with this release.
    static let shipped = InstrumentCatalogue(
        frameworks: [LeadershipFramework.version1], instruments: [SelfAssessment.version1])

    func framework(of instrument: Instrument) -> Framework? {
        frameworks.first { $0.id == instrument.frameworkID && $0.version == instrument.frameworkVersion }
    }

    func instrument(_ key: InstrumentKey) -> Instrument? {
        instruments.first { $0.key == key }
    }

    func newest(_ id: String) -> Instrument? {
        instruments.last { $0.key.id == id }
    }

    /// What participants of a programme are asked from now on: the newest version of the questionnaire that names the
    /// programme, else of the one for all; nil if there is neither.
    func assigned(to programme: String) -> Instrument? {
        let newest = newestVersions
        return newest.first { $0.programmes.contains(programme) } ?? newest.first(where: \.programmes.isEmpty)
    }

    /// The newest version of each questionnaire.
    var newestVersions: [Instrument] {
        Set(instruments.map(\.key.id)).sorted().compactMap(newest)
    }
}
