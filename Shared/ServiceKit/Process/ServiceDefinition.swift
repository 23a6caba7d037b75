package import RPC
package import ServiceLifecycle
package import Storage

/// What makes one process of the suite: its name, what can be configured, what it keeps, and how it is put together.
package struct ServiceDefinition: Sendable {
    /// Lower-case words joined by hyphens, such as "training-events". Part of flags' help, variables, metrics and logs.
    package let name: String
    /// One sentence for `--help`.
    package let summary: String
    /// Port of the admin server unless configured.
    package let adminPort: Int
    /// Keys of its own, beside the common ones.
    package let keys: [any DeclaredKey]
    /// Names of the services that it calls.
    package let peers: [String]
    /// What its store is made of; nil for a process that keeps nothing.
    package let store: StoreDefinition?
    /// Whether it answers calls over the RPC.
    package let servesCalls: Bool
    /// Puts the process together. Called once, with the store open; nothing runs yet.
    package let assemble: @Sendable (ServiceEnvironment) async throws -> ServiceAssembly

    package init(
        name: String, summary: String, adminPort: Int, keys: [any DeclaredKey] = [], peers: [String] = [],
        store: StoreDefinition? = nil, servesCalls: Bool = true,
        assemble: @escaping @Sendable (ServiceEnvironment) async throws -> ServiceAssembly
    ) {
        self.name = name
        self.summary = summary
        self.adminPort = adminPort
        self.keys = keys
        self.peers = peers
        self.store = store
        self.servesCalls = servesCalls
        self.assemble = assemble
    }
}

/// What a service's store is made of.
package struct StoreDefinition: Sendable {
    /// In order; never edited once released.
    package let migrations: [Migration]

    package init(migrations: [Migration]) {
        self.migrations = migrations
    }
}

/// What a service consists of, beside what every process has.
package struct ServiceAssembly: Sendable {
    /// Its methods. Health, reflection and, with a store, the event feed are added by the frame.
    package var router = Router()
    /// In the order in which they start. They stop in reverse, after the last call has been answered.
    package var services: [any Service] = []
    /// What must be so for it to be of use, beside its store.
    package var readiness: [ReadinessCheck] = []

    package init() {}
}
