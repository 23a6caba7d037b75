package import ServiceKit

extension ServiceDefinition {
    /// Applications, participants and their places on NPQs.
    package static let enrolment = ServiceDefinition(
        name: "enrolment", summary: "Applications, participants and their places on NPQs.", adminPort: 7102,
        keys: EnrolmentKeys.all, store: StoreDefinition(migrations: [])
    ) { _ in
        // Nothing of its own yet: the frame gives it its store, health, reflection and event feed.
        ServiceAssembly()
    }
}
