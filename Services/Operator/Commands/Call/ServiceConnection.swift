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

    package init(_ endpoint: Endpoint, limits: ConnectionLimits = ConnectionLimits()) {
        transport = ZeroMQTransport(
            identity: ProcessIdentity(
                service: "olp", instanceID: SystemIdentifiers().next().text, build: Release.version),
            limits: limits)
        channel = transport.channel(to: endpoint)
    }

    package func close() {
        channel.close()
        transport.shutDown()
    }
}
