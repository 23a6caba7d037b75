/// What the stores of a suite hold, against what its clients were told. Nothing of ours is between them and the rows.
package struct StoreVerdicts {
    private let stores: [String: any StoreRows]
    private let journal: Journal
    private let keyPrefix: String

    /// - Parameters:
    ///   - stores: By the names of the services; nobody writes to them any more.
    ///   - keyPrefix: What the keys of the clients begin with.
    package init(stores: [String: any StoreRows], journal: Journal, keyPrefix: String) {
        self.stores = stores
        self.journal = journal
        self.keyPrefix = keyPrefix
    }

    /// Everything that is wrong, in words.
    package func problems() async throws -> [String] {
        let (acknowledged, refused) = (journal.acknowledged, journal.refused)
        var problems: [String] = []
        for (service, store) in stores.sorted(by: { $0.key < $1.key }) {
            let traces = try await StoreTraces(service: service, store: store)
            problems += try TraceCheck(
                traces: traces, acknowledged: acknowledged.filter { $0.kind.service == service },
                refused: refused.filter { $0.kind.service == service }, keyPrefix: keyPrefix
            ).problems()
            if service == "training-events" { problems += try await PlacesCheck(store: store, traces: traces).problems() }
        }
        return try await problems + FollowerRows(stores: stores).problems()
    }
}
