/// What becomes of one call whose attempts fail: gRPC's proposal A6 without clocks and channels.
struct RetryPlan {
    /// Nil: only attempts that no handler saw are repeated.
    private let policy: RetryPolicy?
    /// Attempts that count, the first one included.
    private var attempts = 1
    /// Retries since the beginning, or since the server last said how long to wait.
    private var backoffs = 0
    private var wentElsewhere = false
    /// All attempts before the next one; what the server is told.
    private(set) var previousAttempts = 0

    init(_ policy: RetryPolicy?) { self.policy = policy }

    /// How long to wait before the next attempt; nil: there is none.
    /// - Parameter jitter: a random factor of 0.8 to 1.2.
    mutating func wait(after error: RPCError, _ throttle: RetryThrottle?, jitter: () -> Double) -> Duration? {
        let wait = decide(after: error, throttle, jitter: jitter)
        if wait != nil { previousAttempts += 1 }
        return wait
    }

    private mutating func decide(after error: RPCError, _ throttle: RetryThrottle?, jitter: () -> Double) -> Duration? {
        if error.wasTurnedAway, !wentElsewhere {
            wentElsewhere = true
            return .zero
        }
        guard let policy else { return nil }
        if let pushback = error.pushback, pushback < .zero {
            _ = throttle?.failed()
            return nil
        }
        guard policy.retryableCodes.contains(error.code) else { return nil }
        guard throttle?.failed() ?? true, attempts < policy.maximumAttempts else { return nil }
        attempts += 1
        if let pushback = error.pushback {
            backoffs = 0
            return pushback
        }
        backoffs += 1
        return policy.backoff(before: backoffs, jitter: jitter())
    }
}
