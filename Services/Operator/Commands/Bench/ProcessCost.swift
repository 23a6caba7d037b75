import Glibc
import ServiceKit

/// What a process has used since it began.
enum ProcessCost {
    /// Processor time, user and system, of a process of this machine; nil where there is no /proc.
    static func processorTime(of pid: Int32) -> Duration? {
        guard let bytes = try? SystemFile.read("/proc/\(pid)/stat", limit: 4096) else { return nil }
        // The second field is the program's name and may hold anything; the last ")" ends it.
        let text = String(decoding: bytes, as: UTF8.self)
        guard let close = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: close)...].split(separator: " ")
        // Fields 14 and 15 of proc(5): fields[0] is the third.
        guard fields.count > 12, let user = Int(fields[11]), let system = Int(fields[12]) else { return nil }
        let ticks = sysconf(Int32(_SC_CLK_TCK))
        return .nanoseconds((user + system) * 1_000_000_000 / ticks)
    }

    /// Memory that is in use now; 0 where there is no /proc.
    static func residentBytes(of pid: Int32) -> Int {
        guard let bytes = try? SystemFile.read("/proc/\(pid)/statm", limit: 4096) else { return 0 }
        let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
    }
}

/// The middle of several measurements.
enum Median {
    static func of(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return 0 }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
