/// All versions of all programmes that this release knows.
enum ProgrammeCatalogue {
    /// By identifier, then version.
    static let all: [Programme] = (Suite2017.programmes + Suite2021.programmes + SuiteTwoDeclarations.programmes)
        .sorted { ($0.identifier, $0.version) < ($1.identifier, $1.version) }

    private static let byIdentifier = Dictionary(grouping: all, by: \.identifier)

    /// The version that applies to a cohort of a year; nil if the programme is not offered to it.
    static func programme(_ identifier: String, cohortYear: Int) -> Programme? {
        byIdentifier[identifier]?.last { $0.isOffered(toCohortOf: cohortYear) }
    }

    static func programme(_ identifier: String, version: Int) -> Programme? {
        byIdentifier[identifier]?.first { $0.version == version }
    }

    static func exists(_ identifier: String) -> Bool {
        byIdentifier[identifier] != nil
    }

    /// The programme that people mean by a text: its short code, its identifier or one of its names.
    static func programme(meaning text: String) -> Meaning? {
        if let found = meanings[text] { return found }
        let tidy = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard let found = meanings[tidy] ?? meanings[tidy.uppercased()] else { return nil }
        return Meaning(identifier: found.identifier, kind: found.kind == .name ? .name : .untidyCode)
    }

    struct Meaning: Hashable, Sendable {
        enum Kind: Hashable, Sendable { case code, untidyCode, name }
        var identifier: String
        var kind: Kind
    }

    private static let meanings: [String: Meaning] = {
        var map: [String: Meaning] = [:]
        for programme in all {
            map[programme.name] = Meaning(identifier: programme.identifier, kind: .name)
            map[programme.identifier] = Meaning(identifier: programme.identifier, kind: .code)
            map[programme.shortCode] = Meaning(identifier: programme.identifier, kind: .code)
        }
        return map
    }()
}
