/// A fixed number of callers, each of which calls again as soon as it has its answer.
package enum ClosedLoop {
    package struct Result: Sendable {
        package var latencies = LatencyCounts()
        package var elapsed = Duration.zero

        package var perSecond: Double { Double(latencies.total) / (elapsed / .seconds(1)) }
    }

    /// One caller of such a loop.
    static func alone(
        duration: Duration, warmUp: Duration, _ call: (_ number: Int) async throws -> Void
    ) async throws -> Result {
        let clock = ContinuousClock()
        let begin = clock.now + warmUp
        let end = begin + duration
        var result = Result(elapsed: duration)
        var number = 0
        var now = clock.now
        while now < end {
            let started = now
            try await call(number)
            number += 1
            now = clock.now
            if started >= begin { result.latencies.add(nanoseconds: Int((now - started) / .nanoseconds(1))) }
        }
        return result
    }

    /// Calls for `duration`, after `warmUp` in which nothing is counted.
    /// - Parameter call: gets the caller's number and how many calls it has made.
    package static func run(
        inFlight: Int, duration: Duration, warmUp: Duration,
        _ call: @escaping @Sendable (_ caller: Int, _ number: Int) async throws -> Void
    ) async throws -> Result {
        try await withThrowingTaskGroup { group in
            for caller in 0..<inFlight {
                group.addTask {
                    try await alone(duration: duration, warmUp: warmUp) { number in try await call(caller, number) }
                }
            }
            var result = Result(elapsed: duration)
            for try await part in group { result.latencies.add(part.latencies) }
            return result
        }
    }
}
