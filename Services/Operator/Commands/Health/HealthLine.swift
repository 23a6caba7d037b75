package import Contracts
package import RPC

/// The health of one service of one process, as it was told or as asking for it ended.
package struct HealthLine: Codable, Hashable, Sendable {
    /// Name of the process; of one outside the suite its endpoint.
    package let process: String
    /// Full name; empty for the process as a whole.
    package let service: String
    /// "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN", or the status that the question ended with, such as "UNAVAILABLE".
    package let status: String
    /// Why there is no answer.
    package let reason: String?

    package init(process: String, service: String, status: String, reason: String? = nil) {
        self.process = process
        self.service = service
        self.status = status
        self.reason = reason
    }

    package init(process: String, service: String, _ status: HealthV1.HealthCheckResponse.ServingStatus) {
        self.init(process: process, service: service, status: status.name)
    }

    package init(process: String, service: String, _ error: RPCError) {
        self.init(process: process, service: service, status: error.code.name, reason: error.message)
    }

    package var serves: Bool { status == Self.serving }

    private static let serving = HealthV1.HealthCheckResponse.ServingStatus.serving.name
}
