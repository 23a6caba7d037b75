import Glibc
import Synchronization

/// What one caller, or the reader of one stream, has counted.
struct Counts: Sendable {
    /// Nanoseconds.
    var latencies: [UInt32] = []
    var messages = 0
    /// Nanoseconds that each bulk message took.
    var transfers: [UInt64] = []

    /// A call's latency; with `withOmitted`, also those of the calls that would have been made meanwhile, one a
    /// millisecond.
    mutating func add(_ nanoseconds: UInt64, withOmitted: Bool) {
        latencies.append(UInt32(clamping: nanoseconds))
        guard withOmitted else { return }
        for rest in stride(from: Int(nanoseconds) - 1_000_000, to: 0, by: -1_000_000) { latencies.append(UInt32(rest)) }
    }

    mutating func add(_ other: Counts) {
        latencies += other.latencies
        messages += other.messages
        transfers += other.transfers
    }
}

/// The time that counts, and what both processes use in it. A call is counted if it began inside, a message of a
/// stream if it came inside.
final class Window: Sendable {
    private struct Costs {
        var client: UInt64 = 0
        var server: UInt64 = 0
    }

    let begin: UInt64
    let end: UInt64
    private let server: pid_t
    /// 0 before the window, 1 inside, 2 after it.
    private let stage = Atomic(0)
    private let costs = Mutex(Costs())

    init(server: pid_t, seconds: Double, warmUp: Double) {
        self.server = server
        begin = Self.now() + UInt64(warmUp * 1e9)
        end = begin + UInt64(seconds * 1e9)
    }

    /// Nanoseconds of the monotonic clock.
    static func now() -> UInt64 { time(of: CLOCK_MONOTONIC) }

    private static func time(of clock: clockid_t) -> UInt64 {
        var value = timespec()
        clock_gettime(clock, &value)
        return UInt64(value.tv_sec) * 1_000_000_000 + UInt64(value.tv_nsec)
    }

    /// Takes both processes' processor time when `time` is the first inside the window, and the first after it.
    func note(_ time: UInt64) {
        let stage = stage.load(ordering: .relaxed)
        guard stage < 2, time >= (stage == 0 ? begin : end),
            self.stage.compareExchange(expected: stage, desired: stage + 1, ordering: .relaxed).exchanged
        else { return }
        costs.withLock { costs in
            costs.client = Self.processorTime(getpid()) - costs.client
            costs.server = Self.processorTime(server) - costs.server
        }
    }

    private static func processorTime(_ pid: pid_t) -> UInt64 {
        var clock = clockid_t()
        return clock_getcpuclockid(pid, &clock) == 0 ? time(of: clock) : 0
    }

    /// The measurement as JSON.
    func report(_ counts: Counts, message: [UInt8]) -> String {
        let latencies = counts.latencies.sorted()
        let count = latencies.count + counts.messages
        let calls = Double(max(count, 1))
        let costs = costs.withLock { $0 }
        var fields = [
            "\"bytes\":\(message.count)", "\"digest\":\"\(Self.digest(message))\"",
            "\"perSecond\":\(Double(count) * 1e9 / Double(end - begin))",
            "\"clientMicroseconds\":\(Double(costs.client) / 1000 / calls)",
            "\"serverMicroseconds\":\(Double(costs.server) / 1000 / calls)",
            "\"clientPeakBytes\":\(Self.peakBytes(getpid()))", "\"serverPeakBytes\":\(Self.peakBytes(server))",
        ]
        if !latencies.isEmpty {
            fields.append("\"p50Microseconds\":\(Double(latencies[latencies.count / 2]) / 1000)")
            fields.append("\"p99Microseconds\":\(Double(latencies[latencies.count * 99 / 100]) / 1000)")
            fields.append("\"mostMicroseconds\":\(Double(latencies.last ?? 0) / 1000)")
        }
        if !counts.transfers.isEmpty {
            let transfers = counts.transfers.sorted()
            fields.append("\"bulkMilliseconds\":\(Double(transfers[transfers.count / 2]) / 1e6)")
        }
        return "{\(fields.joined(separator: ","))}"
    }

    /// FNV-1a of the packed message: programs that send other bytes are not compared.
    private static func digest(_ bytes: [UInt8]) -> String {
        let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// The most memory that a process has had in use.
    private static func peakBytes(_ pid: pid_t) -> Int {
        guard let file = fopen("/proc/\(pid)/status", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            let words = String(decoding: text, as: UTF8.self).split(whereSeparator: { $0.isWhitespace })
            if words.first == "VmHWM:", words.count > 1 { return (Int(words[1]) ?? 0) << 10 }
        }
        return 0
    }
}
