import ServiceKit
import Storage
import Values

/// What this service keeps: diagnostics and the answers to their items. Each method is one transaction, in the words
/// of the business; SQL goes no further than this folder.
struct DiagnosticsStore: Sendable {
    let store: Store
    let identifiers: any IdentifierSource
    let payloads: any EventPayloads
    let catalogue: InstrumentCatalogue

    /// The questionnaire that a diagnostic was assigned with.
    func instrument(of diagnostic: Diagnostic) throws(StoreError) -> Instrument {
        let key = diagnostic.instrument
        guard let instrument = catalogue.instrument(key) else {
            throw StoreError(.mismatch, "This release lacks version \(key.version) of the instrument \(key.id).")
        }
        return instrument
    }

    /// What a submitted diagnostic says.
    func profile(_ diagnostic: Diagnostic, _ answers: [Answer]) throws(StoreError) -> Profile {
        let instrument = try instrument(of: diagnostic)
        guard let framework = catalogue.framework(of: instrument) else {
            throw StoreError(.mismatch, """
                This release lacks version \(instrument.frameworkVersion) of the framework \(instrument.frameworkID).
                """)
        }
        return Profile(diagnostic, answers, instrument, framework)
    }

    /// Tells of a new version in the diagnostic's history and in the feed.
    /// - Parameter detail: JSON of what changed; never an answer.
    func record(
        _ diagnostic: Diagnostic, _ change: String, detail: String = "{}", _ mutation: Mutation, _ writer: any Writer
    ) throws(StoreError) {
        try writer.recordHistory(
            entity: Self.entity, id: diagnostic.id.text, version: diagnostic.version, change: change,
            detailJSON: detail, mutation)
        let payload = payloads.diagnostic(diagnostic)
        try writer.appendEvent(StoredEvent(
            id: identifiers.next().text, type: "diagnostic.\(change)", subject: diagnostic.id.text,
            subjectVersion: diagnostic.version, at: mutation.at, actor: mutation.actor, payloadType: payload.type,
            payload: payload.bytes))
    }

    static let entity = "diagnostic"
}

/// A diagnostic, its questionnaire and the answers so far, in the questionnaire's order.
struct Sheet: Hashable, Sendable {
    var diagnostic: Diagnostic
    var instrument: Instrument
    var answers: [Answer]

    init(_ diagnostic: Diagnostic, _ instrument: Instrument, _ answers: [Answer]) {
        self.diagnostic = diagnostic
        self.instrument = instrument
        let byItem = Dictionary(uniqueKeysWithValues: answers.map { ($0.itemID, $0) })
        self.answers = instrument.items.compactMap { byItem[$0.id] }
    }
}

/// There is no diagnostic with the id.
struct DiagnosticNotFound: Error, Hashable, Sendable {
    var id: UUIDv7
}
