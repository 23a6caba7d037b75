import Foundation

/// What a process held at a moment.
struct SoakUse: Codable, Sendable {
    let residentBytes: Int
    let descriptors: Int

    init(of pid: Int32) {
        residentBytes = ProcessCost.residentBytes(of: pid)
        descriptors = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count) ?? 0
    }
}

/// What a soak says each time.
struct SoakSample: Codable, Sendable {
    /// Seconds since 1970, to be compared with what others note.
    let at: Double
    let elapsedSeconds: Double
    let succeeded: Int
    let ended: Int
    let failed: [String: Int]
    let longestMilliseconds: Int
    let caller: SoakUse
    /// Nil if the server is not ours.
    let server: SoakUse?
}

/// Whether two processes hold what they held before.
enum SoakVerdict {
    /// Memory that a process may have more at the end than after its warm-up: the allocator's own ups and downs.
    static let toleratedBytes = 24 << 20
    /// Descriptors likewise: connections that are made anew all the time are closed a moment later.
    static let toleratedDescriptors = 24

    /// What has grown, in words; empty: nothing.
    ///
    /// The first quarter is warm-up. The medians of the second and the last quarter are compared.
    static func growth(_ samples: [SoakSample]) -> [String] {
        let quarter = samples.count / 4
        guard quarter > 0 else { return [] }
        let (early, late) = (samples[quarter..<2 * quarter], samples.suffix(quarter))
        func median(_ part: ArraySlice<SoakSample>, _ value: (SoakSample) -> Int?) -> Int {
            Int(Median.of(part.compactMap { value($0).map(Double.init) }))
        }
        func grown(_ name: String, by tolerated: Int, _ value: (SoakSample) -> Int?) -> String? {
            let (before, after) = (median(early, value), median(late, value))
            guard after - before > tolerated else { return nil }
            return "\(name) grew from \(Figures.grouped(before)) to \(Figures.grouped(after))"
        }
        return [
            grown("the caller's memory", by: toleratedBytes) { $0.caller.residentBytes },
            grown("the caller's open descriptors", by: toleratedDescriptors) { $0.caller.descriptors },
            grown("the server's memory", by: toleratedBytes) { $0.server?.residentBytes },
            grown("the server's open descriptors", by: toleratedDescriptors) { $0.server?.descriptors },
        ].compactMap(\.self)
    }
}
