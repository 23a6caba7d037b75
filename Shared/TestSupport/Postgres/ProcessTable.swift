import Foundation

/// What Linux tells of its processes.
enum ProcessTable {
    /// The processes that a process has started and that have not ended.
    static func children(of parent: Int32) -> [Int32] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { Int32($0) }.filter { state(of: $0)?.parent == parent }
    }

    /// Whether a process runs; one that has ended and was not yet waited for does not.
    static func isAlive(_ process: Int32) -> Bool {
        guard let state = state(of: process) else { return false }
        return state.letter != "Z" && state.letter != "X"
    }

    private static func state(of process: Int32) -> (letter: Substring, parent: Int32)? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            // The name before it may hold anything, spaces and brackets too.
            let nameEnd = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: nameEnd)...].split(separator: " ")
        guard fields.count > 1, let parent = Int32(fields[1]) else { return nil }
        return (fields[0], parent)
    }
}
