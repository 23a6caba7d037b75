package import RPCZeroMQ
import ServiceKit
import Values
package import ZeroMQ

/// A connection of this command to one service.
package final class ServiceConnection: Sendable {
    private let transport: ZeroMQTransport
    package let channel: ZeroMQChannel
    /// Callers that do little besides calls may run on it.
    package var thread: IOThread { transport.thread }

    /// - Parameters:
    ///   - security: of a connection over tcp; unless it is given, there is none.
    ///   - service: whose key the other end must have.
    package convenience init(
        _ endpoint: Endpoint, security: SecurityPolicy = .localOnly, service: String? = nil,
        limits: ConnectionLimits = ConnectionLimits()
    ) throws(SecurityProblem) {
        try self.init(to: .replicas([endpoint]), security: security, service: service, limits: limits)
    }

    /// The same to any of a target's replicas.
    package init(
        to target: Target, security: SecurityPolicy = .localOnly, service: String? = nil,
        limits: ConnectionLimits = ConnectionLimits()
    ) throws(SecurityProblem) {
        transport = ZeroMQTransport(
            identity: ProcessIdentity(
                service: "olp", instanceID: SystemIdentifiers().next().text, build: Release.version),
            security: security, limits: limits)
        do throws(SecurityProblem) {
            channel = try transport.channel(to: target, service: service)
        } catch {
            transport.shutDown()
            throw error
        }
    }

    package func close() {
        channel.close()
        transport.shutDown()
    }
}
