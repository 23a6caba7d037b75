import Logging
import RPC
import ServiceKit
import Values

/// What the gateway's routes work with.
package struct GatewayParts: Sendable {
    let table: RouteTable
    let targets: Targets
    let bearer: BearerCheck
    /// Nil: tokens may make as many requests as they like.
    let limiter: RequestLimiter?
    /// Nil: what is changed is not written down here.
    let audit: AuditTrail?
    let limits: GatewayLimits
    let readiness: Readiness
    let identifiers: any IdentifierSource
    let traceIDs: TraceIDs
    let logger: Logger
    let metrics: GatewayMetrics
    let watchers: WatcherPlaces
    /// For waiting.
    let clock: any Clock<Duration>
    /// A factor for waits, so that many do not come back at once.
    let jitter: @Sendable () -> Double

    init(
        targets: Targets, bearer: BearerCheck, limiter: RequestLimiter? = nil, audit: AuditTrail? = nil,
        limits: GatewayLimits, readiness: Readiness, identifiers: any IdentifierSource, clock: any Clock<Duration>,
        jitter: @escaping @Sendable () -> Double, logger: Logger, metrics: MetricsRegistry,
        traceIDs: TraceIDs = .ofProcess
    ) {
        table = .standard
        self.targets = targets
        self.bearer = bearer
        self.limiter = limiter
        self.audit = audit
        self.limits = limits
        self.readiness = readiness
        self.identifiers = identifiers
        self.traceIDs = traceIDs
        self.logger = logger
        self.metrics = GatewayMetrics(metrics)
        self.clock = clock
        self.jitter = jitter
        watchers = WatcherPlaces(limit: limits.watchers, metrics: metrics)
    }

    var eventStream: EventStream { EventStream(clock: clock, readiness: readiness) }
}

/// What the gateway counts.
struct GatewayMetrics: Sendable {
    private let durations: Family<Histogram>
    let active: Gauge

    init(_ registry: MetricsRegistry) {
        durations = registry.histogram(
            "http_server_request_duration_seconds", "Time from a request's head to its answer's head.",
            labels: ["http_request_method", "http_route", "http_response_status_code"],
            bounds: Histogram.latencyBounds)
        active = registry.gauge("http_server_active_requests", "Requests that are being answered.").only
    }

    /// - Parameter route: the pattern, never the path: whoever asks must not be able to make up series.
    func answered(_ method: String, route: String, status: Int, after duration: Duration) {
        let known = ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE"]
        durations.with(known.contains(method) ? method : "other", route, String(status)).observe(duration)
    }
}
