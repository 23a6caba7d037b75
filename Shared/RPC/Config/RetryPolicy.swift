/// When a failed call is made again, as in gRPC's proposal A6.
package struct RetryPolicy: Hashable, Sendable {
    /// A policy that asks for more attempts gets these.
    package static let mostAttempts = 5

    /// The first one included; 2 to ``mostAttempts``.
    package let maximumAttempts: Int
    /// Before the second attempt.
    package let initialBackoff: Duration
    package let maximumBackoff: Duration
    /// What each further wait is longer by.
    package let multiplier: Double
    /// How an attempt ends that is made again.
    package let retryableCodes: Set<StatusCode>

    package init(
        maximumAttempts: Int, initialBackoff: Duration, maximumBackoff: Duration, multiplier: Double,
        retryableCodes: Set<StatusCode>
    ) {
        precondition(maximumAttempts > 1 && multiplier > 0 && !retryableCodes.isEmpty, "a policy that never retries")
        self.maximumAttempts = min(maximumAttempts, Self.mostAttempts)
        self.initialBackoff = initialBackoff
        self.maximumBackoff = maximumBackoff
        self.multiplier = multiplier
        self.retryableCodes = retryableCodes
    }

    /// The wait before retry `number`, from 1.
    /// - Parameter jitter: a random factor of 0.8 to 1.2.
    func backoff(before number: Int, jitter: Double) -> Duration {
        var wait = initialBackoff
        for _ in 1..<max(number, 1) where wait < maximumBackoff { wait = wait * multiplier }
        return min(wait, maximumBackoff) * jitter
    }
}

/// How many failures make a channel stop retrying, as in gRPC's proposal A6: without it retries turn a slow service
/// into one that is down.
package struct RetryThrottling: Hashable, Sendable {
    package static let tokensRange = 1...1_000

    /// What there is to begin with. A failure takes one; below half of it nothing is retried.
    package let maximumTokens: Int
    /// What a success gives back, in thousandths of a token.
    package let thousandthsPerSuccess: Int

    package init(maximumTokens: Int, thousandthsPerSuccess: Int) {
        precondition(Self.tokensRange.contains(maximumTokens) && thousandthsPerSuccess > 0, "a bucket that never fills")
        self.maximumTokens = maximumTokens
        self.thousandthsPerSuccess = thousandthsPerSuccess
    }
}
