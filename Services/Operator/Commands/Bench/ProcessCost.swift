import Glibc
import ServiceKit

/// What a process has used since it began.
enum ProcessCost {
    /// Processor time, user and system, of a process of this machine; nil if there is none of that number.
    static func processorTime(of pid: Int32) -> Duration? {
        var clock = clockid_t()
        var time = timespec()
        guard unsafe clock_getcpuclockid(pid, &clock) == 0, unsafe clock_gettime(clock, &time) == 0 else { return nil }
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// Memory that is in use now; 0 where there is no /proc.
    static func residentBytes(of pid: Int32) -> Int {
        guard let bytes = try? SystemFile.read("/proc/\(pid)/statm", limit: 4096) else { return 0 }
        let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
    }

    /// The most memory that it has had in use; 0 where there is no /proc.
    static func peakBytes(of pid: Int32) -> Int { kibibytes("VmHWM:", in: "/proc/\(pid)/status") << 10 }

    /// Memory that is in use now, what several processes share divided among them; 0 where there is no /proc.
    static func proportionalBytes(of pid: Int32) -> Int { kibibytes("Pss:", in: "/proc/\(pid)/smaps_rollup") << 10 }

    private static func kibibytes(_ name: String, in path: String) -> Int {
        guard let bytes = try? SystemFile.read(path, limit: 1 << 16) else { return 0 }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.count > 1, words[0] == name { return Int(words[1]) ?? 0 }
        }
        return 0
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
