import Contracts
package import ServiceKit

extension ServiceDefinition {
    /// Questionnaires for participants, their answers, and the profiles that come of them.
    package static let diagnostics = ServiceDefinition(
        name: "diagnostics", summary: "Questionnaires for participants, their answers, and the profiles of these.",
        adminPort: 7104, keys: DiagnosticsKeys.all, peers: [ApplicationNews.source],
        store: StoreDefinition(migrations: Migrations.all)
    ) { environment in
        let catalogue = InstrumentCatalogue.shipped
        let store = DiagnosticsStore(store: environment.store, identifiers: environment.identifiers,
                                     payloads: ContractPayloads(), catalogue: catalogue)
        let news = ApplicationNews(store: store, wallClock: environment.wallClock)
        let (follower, isFollowing) = environment.follower(of: ApplicationNews.source) { event, writer in
            try news.apply(event, writer)
        }

        var assembly = ServiceAssembly()
        InstrumentCalls(catalogue: catalogue).register(with: &assembly.router)
        DiagnosticCalls(store: store, wallClock: environment.wallClock).register(with: &assembly.router)
        assembly.services = [follower]
        assembly.readiness = [isFollowing]
        return assembly
    }
}
