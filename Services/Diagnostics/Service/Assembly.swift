package import ServiceKit

extension ServiceDefinition {
    /// Diagnostic questionnaires and what they say about participants and schools.
    package static let diagnostics = ServiceDefinition(
        name: "diagnostics", summary: "Diagnostic questionnaires and what they say about participants and schools.",
        adminPort: 7104,
        keys: DiagnosticsKeys.all, store: StoreDefinition(migrations: [])
    ) { _ in
        // Nothing of its own yet: the frame gives it its store, health, reflection and event feed.
        ServiceAssembly()
    }
}
