import Contracts
import HTTPClient

/// What the gateway says of the records that were written, against what it had said.
package struct RecordCheck {
    private let suite: RunningSuite
    private let journal: Journal

    package init(suite: RunningSuite, journal: Journal) {
        self.suite = suite
        self.journal = journal
    }

    /// Records that only one client works on: they are as they were told last. The history of each is complete.
    package func problems() async throws -> [String] {
        var problems: [String] = []
        for (kind, path) in [("partner", "partners"), ("candidate", "candidates"), ("application", "applications")] {
            var last: [String: Answered] = [:]
            for write in journal.acknowledged where write.kind.trace?.entity == kind {
                let record = try Answered(json: write.reply).record
                // A member's answer is not its partner's.
                if write.kind != .addMember, write.kind != .changeMember { last[record.id] = record }
            }
            for (id, told) in last {
                let held = try Answered(json: try await suite.send("GET", "/v1/\(path)/\(id)").text)
                // Members make versions of their partner.
                let isSame =
                    kind == "partner" ? held.version ?? 0 >= told.version ?? 1 : held.canonical == told.canonical
                if !isSame { problems.append("\(kind) is \(held.canonical), told was \(told.canonical)") }
                // People have no list of changes to ask for.
                guard kind != "candidate" else { continue }
                let history = try Answered(json: try await suite.send("GET", "/v1/\(path)/\(id)/history?pageSize=100").text)
                let versions = history.list("entries").compactMap(\.version)
                if versions != (1...(held.version ?? 1)).reversed() {
                    problems.append("\(kind) \(id) of version \(held.version ?? 0) has the history \(versions)")
                }
            }
        }
        return problems
    }
}
