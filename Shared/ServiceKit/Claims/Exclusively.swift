package import ServiceLifecycle

/// Runs a service in one replica at a time. It has to end when its task is cancelled, and may be run again.
package struct Exclusively: ServiceLifecycle.Service {
    private let right: Right
    private let service: any ServiceLifecycle.Service

    package init(_ right: Right, _ service: any ServiceLifecycle.Service) {
        self.right = right
        self.service = service
    }

    package func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                try await right.whileHeld { [service] _ in try await service.run() }
            }
        } catch is CancellationError {}
    }
}
