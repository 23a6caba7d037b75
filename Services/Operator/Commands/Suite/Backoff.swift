/// How long to wait before a process that died is started again: twice as long each time, up to a limit, and never
/// quite the same, so that processes that fell together do not come back together.
package struct Backoff: Sendable {
    package static let first = Duration.milliseconds(200)
    package static let longest = Duration.seconds(30)
    /// A process that ran as long as this has recovered: the next failure counts as the first.
    package static let recoveredAfter = Duration.seconds(60)

    /// 0 to 1; where in the range of jitter a wait lies.
    private let random: @Sendable () -> Double

    package init(random: @escaping @Sendable () -> Double = { .random(in: 0...1) }) {
        self.random = random
    }

    /// - Parameter failures: How many times it has failed before, since it last recovered.
    /// - Returns: between 80 and 120 per cent of the doubled wait.
    package func wait(afterFailures failures: Int) -> Duration {
        let doubled = Self.first * (1 << min(failures, 20))
        return min(doubled, Self.longest) * (0.8 + 0.4 * random())
    }
}
