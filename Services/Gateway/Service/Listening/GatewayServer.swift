import Hummingbird
import Logging
import NIOCore
package import ServiceKit
import ServiceLifecycle

/// The gateway's HTTP server.
package struct GatewayServer: ServiceLifecycle.Service {
    static let readinessName = "http"

    private let parts: GatewayParts
    private let address: HostAndPort
    private let drain: ListenerDrain
    private let onPort: @Sendable (Int) -> Void

    /// - Parameters:
    ///   - drain: to be run beside it and stopped first.
    ///   - onPort: told the port once it listens.
    package init(
        parts: GatewayParts, address: HostAndPort, drain: ListenerDrain,
        onPort: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.parts = parts
        self.address = address
        self.drain = drain
        self.onPort = onPort
    }

    package func run() async throws {
        let limits = parts.limits
        let application = Application(
            responder: GatewayResponder(parts: parts),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ConnectionGuard(limits)],
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
                        maxHeaderFieldCount: GatewayLimits.maximumFields))),
            configuration: .init(address: .hostname(address.host, port: address.port)),
            onServerRunning: { [parts, address, drain, onPort] channel in
                drain.listens(channel)
                let port = channel.localAddress?.port ?? address.port
                parts.logger.notice(
                    "serving HTTP", metadata: ["http.address": "\(HostAndPort(host: address.host, port: port))"])
                parts.readiness.isThere(Self.readinessName)
                onPort(port)
            },
            logger: HTTPListening.quietLogger(parts.logger))
        try await HTTPListening.run(application, at: address, key: "port")
    }
}
