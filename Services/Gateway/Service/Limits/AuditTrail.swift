import HTTPTypes
import Logging
import ServiceKit
import Storage
import Values

/// Writes down who asked for which change, before it is answered. What cannot be written down is in the log at least, and
/// counted: the change is made already, and its service's history knows it by the same request id.
struct AuditTrail: Sendable {
    /// Longest part of a path that is kept, in bytes.
    private static let maximumPathBytes = 500

    private let store: GatewayStore
    private let identifiers: any IdentifierSource
    private let wallClock: any WallClock
    private let logger: Logger
    private let lost: Counter

    init(
        store: GatewayStore, identifiers: any IdentifierSource, wallClock: any WallClock, metrics: MetricsRegistry,
        logger: Logger
    ) {
        self.store = store
        self.identifiers = identifiers
        self.wallClock = wallClock
        self.logger = logger
        lost = metrics.counter(
            "olp_gateway_audit_lost_total", "Requests for changes that could not be written down.", labels: []).only
    }

    func add(_ exchange: Exchange, _ caller: Caller, status: Int) async {
        let entry = AuditedRequest(
            id: identifiers.next(), at: wallClock.now(), tokenID: caller.id, verb: exchange.head.method.rawValue,
            path: String(decoding: exchange.path.utf8.prefix(Self.maximumPathBytes), as: UTF8.self), status: status,
            requestID: exchange.requestID)
        let (store, logger, lost) = (store, logger, lost)
        // Whoever asked may have gone by now; the change is made all the same.
        await Task {
            do {
                try await store.add(entry)
            } catch {
                lost.add(1)
                logger.error(
                    "a change could not be written down",
                    metadata: [
                        "error.message": "\(error)", "request.id": "\(entry.requestID)", "http.method": "\(entry.verb)",
                        "http.path": "\(entry.path)", "token.id": "\(entry.tokenID)",
                    ])
            }
        }.value
    }
}
