package import Contracts
package import Logging
package import RPC
import ServiceLifecycle
package import Storage

/// Follows another service's feed and applies each event exactly once: the position is kept in the same transaction as
/// the effect.
///
/// Every trouble but one is waited out. A position that the feed does not know (its store was restored from an older
/// copy) stops the following and is told by /readyz: going on would miss or repeat events, so a person decides.
package struct FeedFollower: ServiceLifecycle.Service {
    /// First wait after a failure; each further one is longer by the factor, up to the longest.
    static let firstWait = Duration.milliseconds(100)
    static let waitFactor = 1.6
    static let longestWait = Duration.seconds(10)

    /// Makes the effect of one event. May be run again, so it has no effect but through the writer.
    package typealias Apply = @Sendable (CommonV1.FeedEvent, any Writer) throws -> Void

    private let source: String
    private let channel: any Channel
    private let store: Store
    private let clock: any Clock<Duration>
    private let jitter: @Sendable () -> Double
    private let logger: Logger
    private let standing: FollowerStanding
    private let applied: Counter
    private let apply: Apply

    /// - Parameters:
    ///   - source: Name of the followed service; also the name under which the position is kept.
    ///   - standing: Says whether the following had to stop.
    ///   - applied: Counts applied events.
    package init(
        source: String, channel: any Channel, store: Store, clock: any Clock<Duration>,
        jitter: @escaping @Sendable () -> Double, logger: Logger, standing: FollowerStanding, applied: Counter,
        apply: @escaping Apply
    ) {
        self.source = source
        self.channel = channel
        self.store = store
        self.clock = clock
        self.jitter = jitter
        var logger = logger
        logger[metadataKey: "feed.source"] = "\(source)"
        self.logger = logger
        self.standing = standing
        self.applied = applied
        self.apply = apply
    }

    package func run() async throws {
        try? await cancelWhenGracefulShutdown { try await follow() }
    }

    private func follow() async throws {
        var wait = Self.firstWait
        while true {
            do {
                try await followOnce { wait = Self.firstWait }
            } catch {
                try Task.checkCancellation()
                if Self.needsPerson(error) {
                    standing.stop("the feed of \(source) does not know the position that was applied last")
                    logger.error("following stopped", metadata: ["error.message": "\(error)"])
                    // The process goes on: what it has is still true, only not the latest.
                    try await clock.sleep(for: .seconds(365 * 24 * 3600))
                }
                logger.log(
                    level: Self.level(of: error), "following was interrupted",
                    metadata: ["error.message": "\(error)", "feed.retry_ms": "\(wait / .milliseconds(1))"])
            }
            try await clock.sleep(for: wait * jitter())
            wait = min(wait * Self.waitFactor, Self.longestWait)
        }
    }

    private func followOnce(onProgress: () -> Void) async throws {
        var position = try await store.read { [source] reader in try reader.followerPosition(source) }
        let events = FeedClient(channel).follow(.init(after: position ?? ""))
        while let event = try await events.next() {
            let previous = position
            try await store.write { [source, apply] writer in
                try apply(event, writer)
                try writer.setFollowerPosition(source, to: event.position, from: previous)
            }
            position = event.position
            applied.add()
            onProgress()
        }
    }

    private static func needsPerson(_ error: any Error) -> Bool {
        (error as? RPCError)?.code == .failedPrecondition
    }

    /// A service that is away is no news; anything else is.
    private static func level(of error: any Error) -> Logger.Level {
        (error as? RPCError)?.code == .unavailable ? .debug : .warning
    }
}

extension ServiceEnvironment {
    /// A follower of a declared peer's feed, with the check that tells whether it goes on.
    package func follower(of source: String, apply: @escaping FeedFollower.Apply) -> (FeedFollower, ReadinessCheck) {
        let standing = FollowerStanding()
        let applied = metrics.counter(
            "olp_feed_\(source.replacing("-", with: "_"))_applied_total",
            "Events of \(source)'s feed that were applied.")
        let follower = FeedFollower(
            source: source, channel: channel(to: source), store: store, clock: clock, jitter: jitter, logger: logger,
            standing: standing, applied: applied.only, apply: apply)
        return (follower, ReadinessCheck("feed-\(source)") { standing.problem })
    }
}
