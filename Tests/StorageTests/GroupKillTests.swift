import Foundation
@testable import Storage
import Testing
import TestSupport

@Suite("Writes that share a commit, when the process is killed")
struct GroupKillTests {
    @Test("whatever was acknowledged to any of 64 writers is there after kill -9, and nothing is there by halves",
          .timeLimit(.minutes(5)))
    func acknowledged() async throws {
        var random = Seed.generator(for: "acknowledged before kill -9")
        let folder = try TestFolder()
        var known: Set<String> = []
        for round in 1...4 {
            let count = Int.random(in: 1...400, using: &random)
            let victim = Victim(folder: folder.path, round: round, count: count)
            await #expect(processExitsWith: .signal(SIGKILL)) { [victim = victim as Victim] in
                try await victim.run()
            }
            let acknowledged = try String(contentsOfFile: folder.path + "/acknowledged", encoding: .utf8)
                .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
            #expect(acknowledged.count >= known.count + count)
            known.formUnion(acknowledged)
            let store = try folder.open()
            let (kept, subjects) = try await store.read { reader in
                (Set(try reader.shelfIDs()), try reader.events(after: nil, limit: 100_000).map(\.event.subject))
            }
            store.close()
            #expect(known.subtracting(kept).isEmpty)
            #expect(Set(subjects) == kept)
            #expect(subjects.count == kept.count)
        }
    }
}

/// What the process that is killed does.
private struct Victim: Codable {
    let folder: String
    let round: Int
    /// Acknowledged writes after which it is killed.
    let count: Int

    /// Writes by 64 tasks, noting each write when it is acknowledged. After so many, this process is no more: in the
    /// middle of whatever the writer and the tasks do then.
    func run() async throws {
        let store = try Store(opening: .sqlite(path: folder + "/shelves.db"), service: "library", migrations: shelves,
                              at: noon, log: quiet)
        let notes = unsafe open(folder + "/acknowledged", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        let acknowledged = Tally()
        try await withThrowingTaskGroup { group in
            for writer in 0..<64 {
                group.addTask {
                    for number in 0..<10_000 {
                        let id = "\(round)-\(writer)-\(number)"
                        try await store.write { try $0.addShelfAndTell(id) }
                        let line = Array("\(id)\n".utf8)
                        guard unsafe write(notes, line, line.count) == line.count else { return }
                        acknowledged.raise()
                        if acknowledged.value >= count { kill(getpid(), SIGKILL) }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}

extension Writer {
    /// A row, and an event that tells of it.
    fileprivate func addShelfAndTell(_ id: String) throws {
        try addShelf(id)
        var told = event(1)
        told.id = id
        told.subject = id
        try appendEvent(told)
    }
}
