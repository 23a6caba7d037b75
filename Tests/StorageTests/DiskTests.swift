import Foundation
@testable import Storage
import Testing
import TestSupport

@Suite("When the disk is full or refuses")
struct DiskTests {
    private static let big = [UInt8](repeating: 7, count: 64 * 1024)

    private func addBook(_ id: String, _ store: Store) async throws {
        try await store.write { writer in
            try writer.execute("INSERT INTO books VALUES (\(id), 'a', 1, \(Self.big))")
        }
    }

    /// Shelves are written until there is no room, with a small row before the large one each time.
    private func fill(_ store: Store) async throws -> (added: Int, error: StoreError?) {
        for number in 0..<1000 {
            let error = await storeError {
                try await store.write { writer in
                    try writer.addShelf("s\(number)")
                    try writer.execute("INSERT INTO books VALUES (\("b\(number)"), \("s\(number)"), 1, \(Self.big))")
                    try writer.appendEvent(event(number % 256))
                }
            }
            if let error { return (number, error) }
        }
        return (1000, nil)
    }

    private func expectWhole(_ store: Store, _ added: Int) async throws {
        let (shelves, books, events) = try await store.read { reader in
            (try reader.shelfCount(), try reader.row("SELECT count(*) FROM books")!.int(0),
             try reader.events(after: nil, limit: 10_000).count)
        }
        #expect(shelves == added)
        #expect(books == added)
        #expect(events == added)
    }

    @Test("a full store refuses as unavailable, keeps nothing half, and works again when there is room")
    func pageLimit() async throws {
        let store = try temporaryStore()
        // `event` repeats its ids after 256; the limit is reached long before.
        try await store.write { _ = try $0.rows("PRAGMA max_page_count = 200") }
        let (added, error) = try await fill(store)
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("disk is full") == true)
        #expect((1..<250).contains(added))
        try await expectWhole(store, added)
        #expect(try await store.health() == StoreLoad(waitingReads: 0, waitingWrites: 0))
        try await store.write { _ = try $0.rows("PRAGMA max_page_count = 10000") }
        try await store.write { try $0.addShelf("a") }
        try await addBook("late", store)
    }

    @Test("a statement's error is not survived by catching it, when the disk is full too")
    func caught() async throws {
        let store = try temporaryStore()
        try await store.write { _ = try $0.rows("PRAGMA max_page_count = 40") }
        let failure = await code {
            try await store.write { writer in
                try writer.addShelf("a")
                for number in 0..<10 {
                    _ = try? writer.execute("INSERT INTO books VALUES (\("b\(number)"), 'a', 1, \(Self.big))")
                }
                _ = try? writer.addShelf("b")
            }
        }
        #expect(failure == .unavailable)
        #expect(try await store.read { try $0.shelfCount() } == 0)
    }

    @Test("a really full disk refuses as unavailable, keeps nothing half, and takes more when there is room",
          .enabled("a small tmpfs can only be mounted by root, where mounting is allowed", SmallDisk.isPossible))
    func smallDisk() async throws {
        try await SmallDisk.with(kilobytes: 2048) { disk in try await fillUp(disk) }
    }

    private func fillUp(_ disk: SmallDisk) async throws {
        let store = try Store(opening: .sqlite(path: disk.path + "/shelves.db"), service: "library",
                              migrations: shelves, at: noon, log: quiet)
        defer { store.close() }
        let ballast = disk.path + "/ballast"
        try Data(count: 700 * 1024).write(to: URL(fileURLWithPath: ballast))
        let (added, error) = try await fill(store)
        #expect(error?.code == .unavailable)
        #expect((1..<250).contains(added))
        try await expectWhole(store, added)
        try FileManager.default.removeItem(atPath: ballast)
        _ = try await store.health()
        try await expectWhole(store, added)
        try await store.write { try $0.addShelf("a") }
        try await addBook("late", store)
    }

    @Test("a store whose folder refuses writing is refused with a reason", .enabled(if: getuid() != 0,
          "root may write everywhere"))
    func readOnlyFolder() async throws {
        let folder = try TestFolder()
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.path)
        let error = await storeError { _ = try folder.open() }
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path)
        #expect(error?.code == .unavailable)
    }

    @Test("a copy that finds no room leaves no part of itself",
          .enabled("a small tmpfs can only be mounted by root, where mounting is allowed", SmallDisk.isPossible))
    func noRoomForCopy() async throws {
        try await SmallDisk.with(kilobytes: 64) { disk in
            let store = try temporaryStore()
            try await store.write { try $0.addShelf("a") }
            for number in 0..<4 { try await addBook("b\(number)", store) }
            #expect(await code { try await store.copy(to: disk.path + "/copy.db") } == .unavailable)
            #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path).isEmpty)
            #expect(try await store.read { try $0.shelfCount() } == 1)
        }
    }
}

/// A file system of its own in memory, with little room.
struct SmallDisk {
    let path: String

    static func isPossible() async -> Bool {
        guard getuid() == 0 else { return false }
        return (try? await with(kilobytes: 64) { _ in }) != nil
    }

    /// Runs `body` with a disk that is gone afterwards.
    static func with(kilobytes: Int, _ body: (SmallDisk) async throws -> Void) async throws {
        try await withTemporaryDirectory { folder in
            let mounted = try await Program.run(
                "/usr/bin/env", ["mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", folder.path])
            guard mounted.isSuccess else { throw StoreError(.unavailable, "tmpfs cannot be mounted here") }
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body(SmallDisk(path: folder.path))) } catch { outcome = .failure(error) }
            _ = try await Program.run("/usr/bin/env", ["umount", "--lazy", folder.path])
            try outcome.get()
        }
    }
}
