import Contracts
package import RPC

/// Sees how far each service is with the feeds that it follows, and waits until all are at their ends.
package struct FollowerWatch: Sendable {
    /// Pause between two questions.
    static let interval = Duration.milliseconds(20)
    /// Longest wait for one answer; a service that is started again answers within it.
    static let answerWithin = Duration.seconds(20)

    private let channels: SuiteChannels
    private let clock: any Clock<Duration>

    package init(_ channels: SuiteChannels, clock: any Clock<Duration> = ContinuousClock()) {
        self.channels = channels
        self.clock = clock
    }

    /// Where each service's own feed ends, by its name.
    package func ends() async throws(RPCError) -> [String: String] {
        var ends: [String: String] = [:]
        for (name, channel) in channels.byName {
            ends[name] = try await FeedClient(channel).getFeedPosition(.init(), options: Self.options).position
        }
        return ends
    }

    /// How far every follower is, measured at ends that were read before.
    package func positions() async throws(RPCError) -> [FollowerPosition] {
        let ends = try await ends()
        var positions: [FollowerPosition] = []
        for (name, channel) in channels.byName {
            let reply = try await FeedClient(channel).listFollowed(.init(), options: Self.options)
            positions += reply.feeds.map { feed in
                FollowerPosition(follower: name, source: feed.source, position: feed.position, end: ends[feed.source] ?? "")
            }
        }
        return positions
    }

    /// Waits until every follower is at the end of what it follows.
    /// - Returns: where they are; some are behind if it lasted longer than `patience`.
    package func settled(within patience: Duration) async throws -> [FollowerPosition] {
        let clock = ContinuousClock()
        let deadline = clock.now + patience
        while true {
            let positions = try await positions()
            if positions.allSatisfy(\.isAtEnd) || clock.now >= deadline { return positions }
            try await clock.sleep(for: Self.interval)
        }
    }

    static let options = CallOptions(timeout: answerWithin, waitForReady: true)
}
