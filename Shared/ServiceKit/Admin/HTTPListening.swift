package import Hummingbird
package import Logging
import NIOCore

/// What every HTTP server of the suite does the same: how it logs, and what it says if it cannot have its address.
package enum HTTPListening {
    /// Runs the server until the process stops.
    /// - Parameter key: the configuration key of the address, for the error.
    package static func run(
        _ application: some ApplicationProtocol, at address: HostAndPort, key: String
    ) async throws {
        do {
            try await application.run()
        } catch let error as IOError {
            throw StartFailure(
                .unavailable,
                "cannot listen for HTTP at \(address): \(error.description). Change --\(key), or stop what uses it.")
        }
    }

    /// Hummingbird tells of every connection; what its users need to know is logged by us.
    package static func quietLogger(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }
}
