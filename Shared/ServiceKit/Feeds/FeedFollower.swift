package import Contracts
package import Logging
package import RPC
import ServiceLifecycle
package import Storage

/// Follows another service's feed and applies each event exactly once: the position is kept in the same transaction as
/// the effect. What has arrived is applied together, up to ``batchLimit``; nothing waits for more to come.
///
/// Every trouble but one is waited out, and two are told by /readyz. A position that the feed does not know (its store
/// was restored from an older copy) stops the following: going on would miss or repeat events, so a person decides. An
/// event that cannot be applied again and again keeps those after it waiting; it is named, and goes on being tried.
package struct FeedFollower: ServiceLifecycle.Service {
    /// Most events that are applied in one transaction; other changes of the store wait for that long.
    package static let batchLimit = 64
    /// First wait after a failure; each further one is longer by the factor, up to the longest.
    static let firstWait = Duration.milliseconds(100)
    static let waitFactor = 1.6
    static let longestWait = Duration.seconds(10)

    /// Makes the effect of one event. May be run again, so it has no effect but through the writer; the effects of the
    /// events before it are there, if not on disk yet.
    package typealias Apply = @Sendable (CommonV1.FeedEvent, any Writer) throws -> Void

    private let source: String
    private let channel: any Channel
    private let store: Store
    private let right: Right?
    private let clock: any Clock<Duration>
    private let jitter: @Sendable () -> Double
    private let logger: Logger
    private let standing: FollowerStanding
    private let applied: Counter
    private let apply: Apply

    /// - Parameters:
    ///   - source: Name of the followed service; also the name under which the position is kept.
    ///   - right: The right to follow, where others may follow the same feed into the same store; nil: nobody else does.
    ///   - standing: Says whether the following had to stop.
    ///   - applied: Counts applied events.
    package init(
        source: String, channel: any Channel, store: Store, right: Right? = nil, clock: any Clock<Duration>,
        jitter: @escaping @Sendable () -> Double, logger: Logger, standing: FollowerStanding, applied: Counter,
        apply: @escaping Apply
    ) {
        self.source = source
        self.channel = channel
        self.store = store
        self.right = right
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
        try? await cancelWhenGracefulShutdown {
            guard let right else { return try await follow(by: nil) }
            try await right.whileHeld { claim in try await follow(by: claim) }
        }
    }

    private func follow(by claim: Claim?) async throws {
        var wait = Self.firstWait
        while true {
            do {
                try await followOnce(by: claim) { wait = Self.firstWait }
            } catch {
                try Task.checkCancellation()
                if Self.needsPerson(error) {
                    standing.stop("the feed of \(source) does not know the position that was applied last")
                    logger.error("following stopped", metadata: ["error.message": "\(error)"])
                    // The process goes on: what it has is still true, only not the latest.
                    try await clock.sleep(for: .seconds(365 * 24 * 3600))
                }
                var metadata: Logger.Metadata = [
                    "error.message": "\(error)", "feed.retry_ms": "\(wait / .milliseconds(1))",
                ]
                if let failure = error as? FeedEventFailure {
                    metadata["error.message"] = "\(failure.cause)"
                    metadata["feed.position"] = "\(failure.position)"
                    metadata["feed.event_type"] = "\(failure.type)"
                }
                logger.log(level: Self.level(of: error), "following was interrupted", metadata: metadata)
            }
            try await clock.sleep(for: wait * jitter())
            wait = min(wait * Self.waitFactor, Self.longestWait)
        }
    }

    private func followOnce(by claim: Claim?, onProgress: () -> Void) async throws {
        // Whoever held the right before may have applied events since this process did.
        var position = try await store.read { [source] reader in try reader.followerPosition(source) }
        let stream = FeedClient(channel).follow(.init(after: position ?? ""))
        while let first = try await stream.next() {
            let (batch, failure) = Self.arrived(first, stream)
            try await keepAll(batch, after: &position, by: claim, onProgress)
            if let failure { throw failure }
        }
    }

    /// An event and those after it that are here already. An event that cannot even be read ends the batch before it.
    private static func arrived(
        _ first: CommonV1.FeedEvent, _ stream: ResponseStream<CommonV1.FeedEvent>
    ) -> (batch: [CommonV1.FeedEvent], failure: RPCError?) {
        var batch = [first]
        do throws(RPCError) {
            while batch.count < batchLimit, let event = try stream.nextArrived() { batch.append(event) }
            return (batch, nil)
        } catch {
            return (batch, error)
        }
    }

    private func keepAll(
        _ batch: [CommonV1.FeedEvent], after position: inout String?, by claim: Claim?, _ onProgress: () -> Void
    ) async throws {
        if batch.count > 1 {
            do {
                try await keep(batch, after: &position, by: claim)
                return onProgress()
            } catch where !Self.isOfStore(error) {
                // One of them cannot be applied. Those before it must not wait for it, so each goes alone.
            }
        }
        for event in batch {
            do {
                try await keep([event], after: &position, by: claim)
                onProgress()
            } catch where !Self.isOfStore(error) {
                standing.failed(event, of: source)
                throw FeedEventFailure(position: event.position, type: event.type, cause: error)
            }
        }
    }

    /// Applies events in one transaction, with the position after them.
    private func keep(
        _ events: [CommonV1.FeedEvent], after position: inout String?, by claim: Claim?
    ) async throws {
        guard let last = events.last?.position else { return }
        try await store.write { [source, apply, previous = position] writer in
            if let claim { try writer.require(claim) }
            for event in events { try apply(event, writer) }
            try writer.setFollowerPosition(source, to: last, from: previous)
        }
        position = last
        applied.add(UInt64(events.count))
        standing.applied()
    }

    /// Trouble that is the store's own, whatever the event: its check tells of that.
    private static func isOfStore(_ error: any Error) -> Bool {
        switch (error as? StoreError)?.code {
        case .busy, .unavailable, .unreachable, .corrupt, .cancelled, .followerMoved, .claimLost: true
        default: error is CancellationError
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

/// An event whose effect could not be made.
struct FeedEventFailure: Error {
    let position: String
    let type: String
    let cause: any Error
}

extension ServiceEnvironment {
    /// A follower of a declared peer's feed, with the check that tells whether it goes on. A peer that is away does not
    /// fail the check: what was applied so far is still true.
    package func follower(of source: String, apply: @escaping FeedFollower.Apply) -> (FeedFollower, ReadinessCheck) {
        let standing = FollowerStanding()
        let applied = metrics.counter(
            "olp_feed_\(source.replacing("-", with: "_"))_applied_total",
            "Events of \(source)'s feed that were applied.")
        let follower = FeedFollower(
            source: source, channel: channel(to: source), store: store,
            right: claims.right(to: "feed-\(source)"), clock: clock, jitter: jitter, logger: logger,
            standing: standing, applied: applied.only, apply: apply)
        return (follower, ReadinessCheck("feed-\(source)") { standing.problem })
    }
}
