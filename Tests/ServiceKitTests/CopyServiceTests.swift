import Contracts
import RPC
import RPCInProcess
import Storage
import TestSupport
import Testing
import Values

@testable import ServiceKit

@Suite("Copies of a store over RPC")
struct CopyServiceTests {
    private func channel(_ folder: TemporaryDirectory) async throws -> InProcessChannel {
        let store = try Store(
            opening: .sqlite(path: folder.file("cellar.sqlite")), service: "cellar",
            migrations: [Migration(name: "001_wines", sql: ["CREATE TABLE wines (id TEXT NOT NULL PRIMARY KEY)"])],
            at: Instant(microseconds: 0), log: LogCapture().logger())
        try await store.write { writer in
            for number in 0..<5000 { try writer.execute("INSERT INTO wines VALUES (\("a rather long name \(number)"))") }
        }
        return InProcessChannel(
            to: StandardServices.server(
                Router(), store: store, readiness: Readiness(), metrics: MetricsRegistry(), logger: LogCapture().logger()))
    }

    private func options(_ kind: String) throws -> CallOptions {
        var metadata = Metadata()
        try metadata.append(CallScope.actorIDKey, Array("someone".utf8))
        try metadata.append(CallScope.actorKindKey, Array(kind.utf8))
        return CallOptions(metadata: metadata)
    }

    @Test("an operator gets an outline, the file in pieces, and its digest at last")
    func pieces() async throws {
        try await withTemporaryDirectory { folder in
            let channel = try await channel(folder)
            var bytes: [UInt8] = []
            var outline: CommonV1.StoreOutline?
            var digest: [UInt8] = []
            for try await piece in StoreCopiesClient(channel).copyStore(.init(), options: try options("operator")) {
                #expect(digest.isEmpty)
                switch piece.part {
                case .outline(let given): outline = given
                case .bytes(let more):
                    #expect(outline != nil && more.count <= 64 << 10)
                    bytes += more
                case .sha256(let given): digest = given
                case nil: Issue.record("an empty piece")
                }
            }
            #expect(outline?.service == "cellar" && outline?.feedEnd == "" && outline?.followed == [])
            #expect(outline.map { Int($0.byteCount) } == bytes.count)
            #expect(bytes.count > 64 << 10)
            #expect(digest == Mutation.digest(of: bytes))
            try folder.write(bytes, to: "copy.sqlite")
            let copy = try Store(
                opening: .sqlite(path: folder.file("copy.sqlite")), service: "cellar",
                migrations: [Migration(name: "001_wines", sql: ["CREATE TABLE wines (id TEXT NOT NULL PRIMARY KEY)"])],
                at: Instant(microseconds: 0), log: LogCapture().logger())
            #expect(try await copy.read { try $0.row("SELECT count(*) FROM wines")?.int(0) } == 5000)
            copy.close()
        }
    }

    @Test("nobody else gets one", arguments: ["token", "service"])
    func refused(kind: String) async throws {
        try await withTemporaryDirectory { folder in
            let channel = try await channel(folder)
            let stream = StoreCopiesClient(channel).copyStore(.init(), options: try options(kind))
            let error = await #expect(throws: RPCError.self) { _ = try await stream.next() }
            #expect(error?.code == .permissionDenied)
        }
    }
}
