import Contracts
package import ServiceKit

extension ServiceDefinition {
    /// Events, places and attendance of NPQ training.
    package static let trainingEvents = ServiceDefinition(
        name: "training-events", summary: "Events of NPQ training, the places at them, and who was there.",
        adminPort: 7103, keys: TrainingEventsKeys.all, peers: [ApplicationNews.source],
        store: StoreDefinition(migrations: Migrations.all)
    ) { environment in
        let terms = OfferTerms(life: environment.configuration[TrainingEventsKeys.offerTime],
                               notice: environment.configuration[TrainingEventsKeys.noticePeriod])
        let store = TrainingEventsStore(store: environment.store, identifiers: environment.identifiers,
                                        payloads: ContractPayloads(), terms: terms)
        let news = ApplicationNews(store: store, wallClock: environment.wallClock)
        let (follower, isFollowing) = environment.follower(of: ApplicationNews.source) { event, writer in
            try news.apply(event, writer)
        }

        var assembly = ServiceAssembly()
        EventsService(store: store, wallClock: environment.wallClock).register(with: &assembly.router)
        BookingsService(store: store, wallClock: environment.wallClock).register(with: &assembly.router)
        assembly.services = [
            follower,
            Exclusively(
                environment.claims.right(to: "offer-sweep"),
                OfferSweep(store: store, wallClock: environment.wallClock, clock: environment.clock,
                           logger: environment.logger)),
        ]
        assembly.readiness = [isFollowing]
        return assembly
    }
}
