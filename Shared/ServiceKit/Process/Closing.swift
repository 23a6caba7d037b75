import Logging
import ServiceLifecycle

/// The first to hear that the process stops: from then on it says of itself that it is not ready.
struct Closing: Service {
    let readiness: Readiness
    let logger: Logger

    func run() async throws {
        try? await gracefulShutdown()
        readiness.stop()
        logger.notice("stopping")
    }
}
