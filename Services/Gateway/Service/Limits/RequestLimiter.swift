import Logging
import Synchronization
import Values

/// Lets each token make so many requests a second at all gateways together. Requests are paid for in the store some at a
/// time, so that most of them ask nobody.
final class RequestLimiter: Sendable {
    /// How long what is paid for at once lasts, at the pace that is allowed.
    private static let purchase = Duration.milliseconds(50)
    /// Longest wait for the store; then the request is let through: a limit is no reason to end the service.
    private static let patience = Duration.milliseconds(500)

    private struct Account: Sendable {
        var paid = 0
        /// Nothing is asked of the store before.
        var refusedUntil: Instant?
    }

    private let store: GatewayStore
    private let rate: RequestRate
    private let wallClock: any WallClock
    private let logger: Logger
    /// By token; there are at most as many as may be registered, and those revoked since the start.
    private let accounts = Mutex<[String: Account]>([:])

    init(store: GatewayStore, rate: RequestRate, wallClock: any WallClock, logger: Logger) {
        self.store = store
        self.rate = rate
        self.wallClock = wallClock
        self.logger = logger
    }

    /// - Returns: nil if the token may make another request; else how long it should wait.
    func wait(for token: String) async -> Duration? {
        let now = wallClock.now()
        let known: Duration?? = accounts.withLock { accounts in
            var account = accounts[token] ?? Account()
            defer { accounts[token] = account }
            if account.paid > 0 {
                account.paid -= 1
                return .some(nil)
            }
            // Not longer than the burst, whatever became of the clock.
            if let until = account.refusedUntil, until > now, until <= now + RequestRate.burst { return until - now }
            account.refusedUntil = nil
            return nil
        }
        if let known { return known }
        let count = max(1, Int(Self.purchase / .seconds(1) * Double(rate.perSecond)))
        switch await buy(count, for: token, at: now) {
        case .granted:
            accounts.withLock { $0[token, default: Account()].paid += count - 1 }
            return nil
        case .refused(let wait):
            accounts.withLock { $0[token, default: Account()].refusedUntil = now + wait }
            return wait
        case nil: return nil
        }
    }

    private func buy(_ count: Int, for token: String, at now: Instant) async -> RateTable.Answer? {
        let (store, rate, logger) = (store, rate, logger)
        return await withTaskGroup(of: RateTable.Answer?.self) { group in
            group.addTask {
                do {
                    return try await store.take(count, for: token, rate, at: now)
                } catch is CancellationError {
                    return nil
                } catch {
                    logger.warning("a limit could not be looked at", metadata: ["error.message": "\(error)"])
                    return nil
                }
            }
            group.addTask {
                try? await ContinuousClock().sleep(for: Self.patience)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}
