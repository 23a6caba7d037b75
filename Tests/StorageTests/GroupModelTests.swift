@testable import Storage
import Testing
import TestSupport

/// One write of the random test.
private enum Operation: Sendable {
    case add(id: String, name: String)
    case rename(id: String, name: String)
    case remove(id: String)
    /// Adds a shelf and then catches the error of a second one with the same id.
    case swallow(id: String, name: String)
    case change(thenThrow: String)
    /// Ends the whole transaction, others' part of it included.
    case overflow

    static func random(_ random: inout SeededGenerator) -> Operation {
        let id = "shelf \(Int.random(in: 0..<12, using: &random))"
        let name = "name \(Int.random(in: 0..<12, using: &random))"
        switch Int.random(in: 0..<40, using: &random) {
        case ..<14: return .add(id: id, name: name)
        case ..<22: return .rename(id: id, name: name)
        case ..<30: return .remove(id: id)
        case ..<34: return .swallow(id: id, name: name)
        case ..<39: return .change(thenThrow: id)
        default: return .overflow
        }
    }

    struct Refused: Error {}

    /// Returns how many rows it changed.
    func run(_ writer: any Writer) throws -> Int {
        switch self {
        case .add(let id, let name):
            return try writer.execute("INSERT INTO shelves (id, name, version) VALUES (\(id), \(name), 1)")
        case .rename(let id, let name):
            return try writer.execute("UPDATE shelves SET name = \(name), version = version + 1 WHERE id = \(id)")
        case .remove(let id):
            return try writer.execute("DELETE FROM shelves WHERE id = \(id)")
        case .swallow(let id, let name):
            try writer.addShelf(id, name: name)
            try? writer.addShelf(id, name: name)
            return 1
        case .change(let id):
            try writer.execute("UPDATE shelves SET version = version + 100 WHERE id <> \(id)")
            throw Refused()
        case .overflow:
            try writer.addShelf("large")
            return try writer.execute("""
                INSERT INTO books VALUES ('x', 'large', 1, \([UInt8](repeating: 7, count: 4 << 20)))
                """)
        }
    }
}

/// What the shelves should be, when the writes that were kept are done one after the other.
private struct Model {
    struct Shelf: Hashable {
        var name: String
        var version: Int64
    }

    var shelves: [String: Shelf] = [:]

    /// Returns how many rows it changes; nil if it must not have been kept.
    mutating func apply(_ operation: Operation) -> Int? {
        switch operation {
        case .add(let id, let name):
            guard shelves[id] == nil, !isTaken(name, by: id) else { return nil }
            shelves[id] = Shelf(name: name, version: 1)
            return 1
        case .rename(let id, let name):
            guard let shelf = shelves[id] else { return 0 }
            guard !isTaken(name, by: id) else { return nil }
            shelves[id] = Shelf(name: name, version: shelf.version + 1)
            return 1
        case .remove(let id):
            return shelves.removeValue(forKey: id) == nil ? 0 : 1
        case .swallow, .change, .overflow:
            return nil
        }
    }

    private func isTaken(_ name: String, by id: String) -> Bool {
        shelves.contains { $0.key != id && $0.value.name == name }
    }
}

@Suite("Random writes that share commits")
struct GroupModelTests {
    private static let count = 600

    @Test("what was kept is what the model makes of it in the order of the feed, and what was refused left no trace",
          arguments: [1, 7, 64])
    func model(writesPerCommit: Int) async throws {
        var random = Seed.generator(for: "group model, \(writesPerCommit) writes per commit")
        let operations = (0..<Self.count).map { _ in Operation.random(&random) }
        let isCancelled = (0..<Self.count).map { _ in Int.random(in: 0..<20, using: &random) == 0 }
        let store = try temporaryStore(limits: StoreLimits(writesPerCommit: writesPerCommit))
        try await store.write { _ = try $0.rows("PRAGMA max_page_count = 500") }

        let changed = try await withThrowingTaskGroup(of: [Int: Int].self) { group in
            for writer in 0..<32 {
                group.addTask {
                    var changed: [Int: Int] = [:]
                    for number in stride(from: writer, to: Self.count, by: 32) {
                        changed[number] = try await outcome(
                            of: number, operations[number], isCancelled[number], in: store)
                    }
                    return changed
                }
            }
            return try await group.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
        }

        let feed = try await store.events(after: nil, limit: 10_000).map { Int($0.event.subjectVersion) }
        var model = Model()
        for number in feed {
            let expected = model.apply(operations[number])
            #expect(expected != nil, "\(operations[number]) was kept")
            #expect(expected == changed[number])
        }
        #expect(Set(feed).count == feed.count)
        #expect(Set(changed.keys) == Set(feed))
        let kept = try await store.read { reader in
            try reader.rows("SELECT id, name, version FROM shelves").reduce(into: [String: Model.Shelf]()) { all, row in
                all[try row.text(0)] = Model.Shelf(name: try row.text(1), version: try row.int(2))
            }
        }
        #expect(kept == model.shelves)
    }

    /// How many rows a write changed; nil if it was refused, as it may be.
    private func outcome(
        of number: Int, _ operation: Operation, _ isCancelled: Bool, in store: Store
    ) async throws -> Int? {
        let task = Task {
            try await store.write { writer in
                let changed = try operation.run(writer)
                var told = event(1)
                told.id = "\(number)"
                told.subjectVersion = Int64(number)
                try writer.appendEvent(told)
                return changed
            }
        }
        if isCancelled { task.cancel() }
        do {
            return try await task.value
        } catch is CancellationError where isCancelled {
            return nil
        } catch is Operation.Refused {
            return nil
        } catch let error as StoreError {
            switch (operation, error.code) {
            case (.overflow, .unavailable), (.swallow, .constraint), (.add, .constraint), (.rename, .constraint):
                return nil
            default: throw error
            }
        }
    }
}
