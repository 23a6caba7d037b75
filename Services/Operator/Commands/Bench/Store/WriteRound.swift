import Storage

/// One window of writes to a store by callers that write again when they have their answer.
struct WriteRound: Sendable {
    let clients: Int
    let seconds: Double
    let warmUp: Double

    func run(on records: BenchRecords) async throws -> WriteFigure {
        let window = MeasuredWindow(warmUp: .seconds(warmUp), duration: .seconds(seconds))
        async let cost = window.cost(of: nil)
        async let commits = written(on: records, in: window)
        let result = try await ClosedLoop.run(
            inFlight: clients, duration: window.duration, warmUp: window.warmUp
        ) { _, _ in try await records.write() }
        let (used, counts) = try await (cost, commits)
        return WriteFigure(
            writesPerSecond: result.perSecond, p50Microseconds: Double(result.latencies.quantile(0.5)) / 1000,
            p99Microseconds: Double(result.latencies.quantile(0.99)) / 1000,
            cpuMicroseconds: used.client / .microseconds(1) / Double(max(result.latencies.total, 1)),
            writesPerCommit: Double(counts.writes) / Double(max(counts.commits, 1)))
    }

    private func written(on records: BenchRecords, in window: MeasuredWindow) async throws -> WriteCounts {
        let begin = ContinuousClock.now + window.warmUp
        try await Task.sleep(until: begin)
        let before = records.counts
        try await Task.sleep(until: begin + window.duration)
        let after = records.counts
        return WriteCounts(writes: after.writes - before.writes, commits: after.commits - before.commits)
    }
}
