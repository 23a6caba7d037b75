import Contracts
import Logging
import RPC
import ServiceKit
import Values

/// Answers that are put together from several services. One file a method.
struct OverviewsService: OverviewsHandlers {
    /// Longest list that comes whole; what the lists of the services give at once.
    static let mostListed: Int32 = 100
    /// Newest applications and next events that are shown beside something else.
    static let mostShown: Int32 = 20

    let services: ServiceClients
    let wallClock: any WallClock
    private let time: Duration
    private let counted: Family<Counter>
    private let logger: Logger

    /// - Parameter time: What a call without a deadline has.
    init(
        services: ServiceClients, wallClock: any WallClock, time: Duration, metrics: MetricsRegistry, logger: Logger
    ) {
        self.services = services
        self.wallClock = wallClock
        self.time = time
        self.logger = logger
        counted = metrics.counter(
            "olp_gateway_parts_total", "Parts of answers that were asked for, by service and status.",
            labels: ["service", "status"])
    }

    func aggregation(_ context: ServerContext) -> Aggregation {
        Aggregation(context, time: time, counted: counted, logger: logger)
    }

    /// The next events of a cohort or a partner.
    func nextEvents(cohort: String? = nil, partner: String? = nil) -> TrainingEventsV1.ListEventsRequest {
        .init(
            cohortId: cohort.map { [$0] } ?? [], partnerId: partner.map { [$0] } ?? [], status: [.scheduled],
            startsFrom: .init(microsecondsSince1970: wallClock.now().microseconds), order: .starts,
            pageSize: Self.mostShown)
    }
}
