import Logging
import ServiceLifecycle

/// Runs the checks again and again, so that /readyz and the health service answer at once and a storm of probes costs
/// nothing.
struct ReadinessMonitor: Service {
    /// Pause between two rounds.
    static let interval = Duration.seconds(1)
    /// A check that takes longer has failed.
    static let limit = Duration.seconds(2)

    let readiness: Readiness
    let checks: [ReadinessCheck]
    let clock: any Clock<Duration>
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            var before: [String: String] = [:]
            while true {
                let failing = await round()
                readiness.report(failing)
                for (name, reason) in failing where before[name] == nil {
                    logger.warning(
                        "readiness check fails", metadata: ["check.name": "\(name)", "check.reason": "\(reason)"])
                }
                for name in before.keys where failing[name] == nil {
                    logger.notice("readiness check is well again", metadata: ["check.name": "\(name)"])
                }
                before = failing
                try await clock.sleep(for: Self.interval)
            }
        }
    }

    private func round() async -> [String: String] {
        var failing: [String: String] = [:]
        for check in checks {
            if let reason = await answer(of: check) { failing[check.name] = reason }
        }
        return failing
    }

    /// Does not wait for a check that is stuck: the next round asks it anew.
    private func answer(of check: ReadinessCheck) async -> String? {
        let (answers, continuation) = AsyncStream.makeStream(of: String?.self)
        let asking = Task { continuation.yield(await check.problem()) }
        let waiting = Task { [clock] in
            try await clock.sleep(for: Self.limit)
            continuation.yield("no answer within \(Self.limit.configurationText)")
        }
        defer {
            asking.cancel()
            waiting.cancel()
        }
        return await answers.first { _ in true } ?? nil
    }
}
