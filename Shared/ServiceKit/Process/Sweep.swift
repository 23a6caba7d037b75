package import Logging
package import ServiceLifecycle

/// Work that is done when the process starts and again and again until it stops. A round that fails is told and tried at the
/// next.
package protocol Sweep: ServiceLifecycle.Service {
    /// Between the end of a round and the next.
    static var interval: Duration { get }
    /// What the log says of a round that failed; the error stands beside it.
    static var complaint: Logger.Message { get }

    var clock: any Clock<Duration> { get }
    var logger: Logger { get }

    /// One round.
    func sweep() async throws
}

extension Sweep {
    package func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                do {
                    try await sweep()
                } catch {
                    try Task.checkCancellation()
                    logger.warning(Self.complaint, metadata: ["error.message": "\(error)"])
                }
                try await clock.sleep(for: Self.interval)
            }
        }
    }
}
