import Synchronization

/// How many writes were kept, and by how many commits: writes that come at once share one.
package struct WriteCounts: Hashable, Sendable {
    package var writes: Int
    package var commits: Int

    package init(writes: Int, commits: Int) {
        self.writes = writes
        self.commits = commits
    }
}

final class WriteCounter: Sendable {
    private let writes = Atomic(0)
    private let commits = Atomic(0)

    var value: WriteCounts {
        WriteCounts(writes: writes.load(ordering: .relaxed), commits: commits.load(ordering: .relaxed))
    }

    func note(writes count: Int) {
        writes.add(count, ordering: .relaxed)
        commits.add(1, ordering: .relaxed)
    }
}
