import RPC
package import ServiceKit
import Synchronization

/// The places of those who watch something: each holds a connection and streams of the services open.
package final class WatcherPlaces: Sendable {
    /// Seconds after which it is worth asking again.
    private static let retryAfter = 5

    private let limit: Int
    private let taken = Mutex(0)
    private let gauge: Gauge

    package init(limit: Int, metrics: MetricsRegistry) {
        self.limit = limit
        gauge = metrics.gauge("olp_gateway_watchers", "Readers of server-sent events.").only
    }

    /// A place, until nobody holds it any more.
    /// - Throws: 429 if all are taken.
    func take() throws(Problem) -> Place {
        let isFree = taken.withLock { taken in
            guard taken < limit else { return false }
            taken += 1
            return true
        }
        guard isFree else {
            var problem = Problem(
                .status(.resourceExhausted, isConditional: false),
                "\(limit) readers watch something already, and there may be no more. Stop one, or try again later.")
            problem.retryAfter = Self.retryAfter
            throw problem
        }
        gauge.add(1)
        return Place(self)
    }

    private func giveBack() {
        taken.withLock { $0 -= 1 }
        gauge.add(-1)
    }

    final class Place: Sendable {
        private let places: WatcherPlaces

        fileprivate init(_ places: WatcherPlaces) {
            self.places = places
        }

        deinit { places.giveBack() }
    }
}
