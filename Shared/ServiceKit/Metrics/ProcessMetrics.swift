import Glibc
import Values

/// What every process tells of itself, by the names that all Prometheus clients use.
enum ProcessMetrics {
    static func register(in registry: MetricsRegistry, service: String, instanceID: String, clock: any WallClock) {
        let start = Double(clock.now().microseconds) / 1_000_000
        registry.observe(
            "olp_build_info", "Release of the process; the value is always 1.", kind: .gauge,
            labels: ["service", "version", "instance"]
        ) { [Reading(1, labels: [service, Release.version, instanceID])] }
        registry.observe(
            "process_start_time_seconds", "Start of the process, in seconds since 1970.", kind: .gauge
        ) { [Reading(start)] }
        registry.observe("process_cpu_seconds_total", "Processor time used, user and system.", kind: .counter) {
            cpuSeconds().map { [Reading($0)] } ?? []
        }
        registry.observe("process_resident_memory_bytes", "Resident memory.", kind: .gauge) {
            statusBytes("VmRSS:").map { [Reading($0)] } ?? []
        }
        registry.observe("process_virtual_memory_bytes", "Virtual memory.", kind: .gauge) {
            statusBytes("VmSize:").map { [Reading($0)] } ?? []
        }
        registry.observe("process_open_fds", "Open file descriptors.", kind: .gauge) {
            openDescriptors().map { [Reading($0)] } ?? []
        }
        registry.observe("process_max_fds", "Largest number of open file descriptors.", kind: .gauge) {
            var limit = rlimit()
            guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return [] }
            return [Reading(Double(limit.rlim_cur))]
        }
    }

    private static func cpuSeconds() -> Double? {
        let ticks = clock()
        return ticks < 0 ? nil : Double(ticks) / Double(CLOCKS_PER_SEC)
    }

    /// A line of /proc/self/status such as "VmRSS:    36600 kB", in bytes.
    private static func statusBytes(_ name: String) -> Double? {
        guard let status = try? SystemFile.read("/proc/self/status", limit: 64 << 10) else { return nil }
        let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix(name) }
        let words = line?.split { $0 == " " || $0 == "\t" } ?? []
        return words.count > 1 ? Double(words[1]).map { $0 * 1024 } : nil
    }

    private static func openDescriptors() -> Double? {
        guard let directory = unsafe opendir("/proc/self/fd") else { return nil }
        defer { unsafe closedir(directory) }
        // ".", ".." and the descriptor of this very look are not the process's own.
        var count = -3.0
        while unsafe readdir(directory) != nil { count += 1 }
        return count
    }
}
