import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// The small HTTP server of every process that probes and Prometheus ask.
struct AdminServer: ServiceLifecycle.Service {
    static let readinessName = "admin"
    /// A probe that was asked for nothing for so long is gone.
    private static let idleTime = TimeAmount.seconds(60)

    let name: String
    let address: HostAndPort
    let readiness: Readiness
    let metrics: MetricsRegistry
    let logger: Logger

    func run() async throws {
        let application = Application(
            router: router, server: .http1(configuration: .init(idleTimeout: Self.idleTime)),
            configuration: .init(address: .hostname(address.host, port: address.port)),
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? address.port
                logger.notice(
                    "serving probes and metrics",
                    metadata: ["admin.address": "\(HostAndPort(host: address.host, port: port))"])
                readiness.isThere(Self.readinessName)
            },
            logger: HTTPListening.quietLogger(logger))
        try await HTTPListening.run(application, at: address, key: "admin")
    }

    private var router: Hummingbird.Router<BasicRequestContext> {
        let router = Hummingbird.Router()
        router.get("livez") { _, _ in Self.text(.ok, "alive\n") }
        router.get("readyz") { _, _ in
            switch readiness.answer {
            case .ready: Self.text(.ok, "ready\n")
            case .notReady(let reasons):
                Self.text(
                    .serviceUnavailable,
                    "not ready\n"
                        + reasons.sorted { $0.key < $1.key }
                        .map { "\($0.key): \($0.value)\n" }.joined())
            }
        }
        router.get("metrics") { _, _ in Self.text(.ok, metrics.text, type: PrometheusText.contentType) }
        router.get("version") { _, _ in Self.text(.ok, "olp-\(name) \(Release.version)\n") }
        router.get("/") { _, _ in Self.text(.ok, "olp-\(name): /livez /readyz /metrics /version\n") }
        return router
    }

    private static func text(
        _ status: HTTPResponse.Status, _ text: String, type: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
