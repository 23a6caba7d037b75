import RPC
package import Values

/// Reads a suite at rest and judges it.
package struct CheckRun: Sendable {
    /// What came of it.
    package struct Outcome: Sendable {
        /// False if the suite was being written to all the time, so that what does not hold may hold a moment later.
        package let isAtRest: Bool
        package let findings: [(invariant: any Invariant, judgement: Judgement)]

        package init(isAtRest: Bool, findings: [(invariant: any Invariant, judgement: Judgement)]) {
            self.isAtRest = isAtRest
            self.findings = findings
        }

        package var broken: Int { findings.count { !$0.judgement.holds } }
    }

    /// How often a suite that was written to while it was read is read again.
    static let attempts = 4

    private let watch: FollowerWatch
    private let reader: SnapshotReader
    /// How long followers may take to reach the ends of what they follow.
    private let patience: Duration

    package init(
        _ channels: SuiteChannels, patience: Duration = .seconds(30), noticePeriod: Duration = .seconds(72 * 3600),
        allHistories: Bool = false, wallClock: any WallClock = SystemWallClock()
    ) {
        watch = FollowerWatch(channels)
        reader = SnapshotReader(
            channels: channels, noticePeriod: noticePeriod, allHistories: allHistories, wallClock: wallClock)
        self.patience = patience
    }

    package func run(_ invariants: [any Invariant] = Invariants.all) async throws -> Outcome {
        var attempt = 1
        while true {
            let before = try await watch.settled(within: patience)
            let ends = try await watch.ends()
            var suite = try await reader.read()
            suite.followers = try await watch.positions()
            // Followers that stand still behind an end that stands still are broken; whatever moves is merely busy.
            let isAtRest =
                try await watch.ends() == ends && suite.followers.map(\.position) == before.map(\.position)
            if isAtRest || attempt == Self.attempts {
                return Outcome(isAtRest: isAtRest, findings: invariants.map { ($0, $0.judge(suite)) })
            }
            attempt += 1
        }
    }
}
