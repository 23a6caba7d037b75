import Contracts
import Foundation
import RPC
import Wire

/// What single calls take, alone and beside big messages on the same connection. A call that was held up counts also
/// for those that would have been made meanwhile, one a millisecond.
struct BulkFigure: Codable, Sendable {
    struct Latency: Codable, Sendable {
        let calls: Int
        let p50Microseconds: Double
        let p99Microseconds: Double
        let mostMicroseconds: Double

        init(_ made: LatencyCounts) {
            let counts = made.withOmitted(everyNanoseconds: 1_000_000)
            calls = made.total
            p50Microseconds = Double(counts.quantile(0.5)) / 1000
            p99Microseconds = Double(counts.quantile(0.99)) / 1000
            mostMicroseconds = Double(counts.quantile(1)) / 1000
        }

        fileprivate func cells(_ name: String) -> [String] {
            let times = [p50Microseconds, p99Microseconds, mostMicroseconds]
            return [name, Figures.grouped(calls)] + times.map { Figures.grouped(Int64($0)) }
        }
    }

    let bulkBytes: Int
    /// Big messages that went there and back, of all rounds.
    let bulkCalls: Int
    /// Of such a round trip; the median.
    let bulkMilliseconds: Double
    let alone: Latency
    let beside: Latency

    var table: [String] {
        let head = ["CALLS", "MADE", "P50 µs", "P99 µs", "MOST µs"]
        let time = String(format: "%.0f", bulkMilliseconds)
        return Table.rows([head, alone.cells("alone"), beside.cells("beside bulk")])
            + ["\(bulkCalls) messages of \(bulkBytes >> 20) MiB there and back, \(time) ms each"]
    }
}

extension BenchCaller {
    /// One call after the other, alone and then while messages of `bytes` are echoed one after the other.
    ///
    /// Big messages are sent through the warm-up too, and until the window is over.
    func callBesideBulk(_ bytes: Int, _ window: MeasuredWindow, rounds: Int) async throws -> BulkFigure {
        let bulk = BenchMessage.sample(size: bytes).encoded()
        var (alone, beside) = (LatencyCounts(), LatencyCounts())
        var transfers: [Double] = []
        for _ in 0..<rounds {
            alone.add(try await latencies(1, window).latencies)
            async let sent = sendBulk(bulk, for: window.warmUp + window.duration)
            beside.add(try await latencies(1, window).latencies)
            transfers += try await sent
        }
        return BulkFigure(
            bulkBytes: bytes, bulkCalls: transfers.count, bulkMilliseconds: Median.of(transfers),
            alone: BulkFigure.Latency(alone), beside: BulkFigure.Latency(beside))
    }

    /// Milliseconds of each big message's way there and back. It is packed and unpacked off the I/O thread.
    private func sendBulk(_ message: [UInt8], for duration: Duration) async throws -> [Double] {
        let channel = BulkChannel(inner: connection.channel, largestMessage: message.count)
        let end = ContinuousClock.now + duration
        var times: [Double] = []
        while ContinuousClock.now < end {
            let began = ContinuousClock.now
            _ = try await channel.rawUnary(BenchMethods.echo, message)
            times.append((ContinuousClock.now - began) / .milliseconds(1))
        }
        return times
    }
}

/// A channel that decodes larger messages than usual.
private struct BulkChannel: Channel {
    let inner: any Channel
    let largestMessage: Int

    var decodeLimits: DecodeLimits {
        var limits = inner.decodeLimits
        limits.maxBytes = max(limits.maxBytes, largestMessage)
        return limits
    }

    func begin(_ head: CallHead, only first: borrowing Packing) -> any ClientCall { inner.begin(head, only: first) }

    func begin(_ head: CallHead) -> any ClientCall { inner.begin(head) }
}
