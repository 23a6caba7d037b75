package import ServiceKit

extension ServiceDefinition {
    /// Cohorts, events and attendance of NPQ training.
    package static let trainingEvents = ServiceDefinition(
        name: "training-events", summary: "Cohorts, events and attendance of NPQ training.", adminPort: 7103,
        keys: TrainingEventsKeys.all, store: StoreDefinition(migrations: [])
    ) { _ in
        // Nothing of its own yet: the frame gives it its store, health, reflection and event feed.
        ServiceAssembly()
    }
}
