import Foundation
@testable import Storage
import Testing
import TestSupport

@Suite("Snapshots of a store")
struct SnapshotTests {
    private func bytes(of snapshot: StoreSnapshot, upTo count: Int = 1000) throws -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let piece = try snapshot.bytes(from: all.count, upTo: count)
            if piece.isEmpty { return all }
            all += piece
        }
    }

    @Test("a snapshot is of one moment, opens as a store, and knows how far its feeds are")
    func oneMoment() async throws {
        let folder = try TestFolder()
        let store = try folder.open()
        try await store.write { writer in
            try writer.addShelf("a")
            try writer.appendEvent(event(1))
            try writer.setFollowerPosition("cellar", to: "f-1", from: nil)
        }
        let end = try await store.feedEnd()
        let snapshot = try await store.snapshot()
        try await store.write { writer in
            try writer.addShelf("b")
            try writer.appendEvent(event(2))
        }
        #expect(snapshot.feedEnd == end)
        #expect(snapshot.followed.map(\.source) == ["cellar"] && snapshot.followed.map(\.position) == ["f-1"])
        let bytes = try bytes(of: snapshot)
        #expect(bytes.count == snapshot.byteCount)
        let other = try TestFolder()
        try Data(bytes).write(to: URL(fileURLWithPath: other.store))
        let copy = try other.open()
        #expect(try await copy.read { try $0.shelfCount() } == 1)
        #expect(try await copy.feedEnd() == end)
        copy.close()
        store.close()
    }

    @Test("its file has no name, and there is one at a time")
    func one() async throws {
        let folder = try TestFolder()
        let store = try folder.open()
        let before = try folder.names()
        var snapshot: StoreSnapshot? = try await store.snapshot()
        #expect(try folder.names() == before)
        #expect(await code { _ = try await store.snapshot() } == .busy)
        #expect(snapshot.map { $0.byteCount > 0 } == true)
        snapshot = nil
        // The thread that made it may hold it for a moment more.
        try await poll(until: "the turn of the next") {
            await code { _ = try await store.snapshot() } == nil
        }
        store.close()
    }

    @Test("one that failed leaves no part of itself and keeps nobody else from trying")
    func failed() async throws {
        let folder = try TestFolder()
        let store = try folder.open()
        // Where the copy would be made.
        try FileManager.default.createDirectory(
            atPath: store.driver.snapshotPath + ".partial/x", withIntermediateDirectories: true)
        #expect(await code { _ = try await store.snapshot() } == .unavailable)
        try FileManager.default.removeItem(atPath: store.driver.snapshotPath + ".partial")
        _ = try await store.snapshot()
        #expect(try folder.names().allSatisfy { !$0.contains("snapshot") })
        store.close()
    }
}
