import Synchronization

/// Counts how the calls to one target go, and says when retrying would only make it worse.
final class RetryThrottle: Sendable {
    /// In thousandths, from 0 to `maximum`.
    private let tokens: Atomic<Int>
    private let maximum: Int
    private let gain: Int

    init(_ settings: RetryThrottling) {
        maximum = settings.maximumTokens * 1_000
        gain = settings.thousandthsPerSuccess
        tokens = Atomic(maximum)
    }

    /// A call ended well.
    func succeeded() {
        // Nearly always full: then a success costs one read.
        if tokens.load(ordering: .relaxed) < maximum { change(by: gain) }
    }

    /// An attempt failed in a way that is retried.
    /// - Returns: whether it may be.
    func failed() -> Bool { change(by: -1_000) > maximum / 2 }

    @discardableResult
    private func change(by amount: Int) -> Int {
        var current = tokens.load(ordering: .relaxed)
        while true {
            let wanted = min(max(current + amount, 0), maximum)
            let (exchanged, original) = tokens.weakCompareExchange(
                expected: current, desired: wanted, ordering: .relaxed)
            if exchanged { return wanted }
            current = original
        }
    }
}
