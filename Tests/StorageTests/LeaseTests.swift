import ChildProcess
import Foundation
@testable import Storage
import Testing
import TestSupport

@Suite("The lease of a store's file")
struct LeaseTests {
    @Test("a second opening in the same process is refused and told who holds the file")
    func sameProcess() async throws {
        let folder = try TestFolder()
        let store = try folder.open()
        let error = await storeError { _ = try folder.open(service: "cellar") }
        let holder = "process \(ProcessInfo.processInfo.processIdentifier), service library, since 2026-03-02T12:00:00Z"
        #expect(error?.code == .lockedByOther(holder: holder))
        #expect(error?.message.contains(folder.store) == true)
        #expect(try await store.read { try $0.shelfCount() } == 0)
        store.close()
        try folder.open().close()
    }

    @Test("closing gives the lease back at once, even if a child that was forked just now has its file open still")
    func heldByChild() async throws {
        let folder = try TestFolder()
        let store = try folder.open()
        // What a fork leaves in the child: another descriptor of the same open file.
        let links = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").filter {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)"))
                == FileLease.path(for: folder.store)
        }
        let child = dup(try #require(links.first.flatMap { Int32($0) }))
        #expect(child >= 0)
        defer { close(child) }
        store.close()
        try folder.open().close()
    }

    @Test("another way to the same file finds the same lease")
    func symbolicLink() async throws {
        let folder = try TestFolder()
        let store = try folder.open()
        let other = try TestFolder()
        try FileManager.default.createSymbolicLink(atPath: other.store, withDestinationPath: folder.store)
        try FileManager.default.createSymbolicLink(atPath: other.path + "/dir", withDestinationPath: folder.path)
        for path in [other.store, other.path + "/dir/shelves.db"] {
            let failure = await code {
                _ = try Store(opening: .sqlite(path: path), service: "library", migrations: shelves, at: noon,
                              log: quiet)
            }
            guard case .lockedByOther = failure else {
                Issue.record("\(path) was opened a second time: \(String(describing: failure))")
                continue
            }
        }
        store.close()
    }

    @Test("a file that another process holds is refused until that is killed", .timeLimit(.minutes(1)))
    func otherProcess() async throws {
        let folder = try TestFolder()
        try folder.open().close()
        // The system's own flock(1) takes the same kind of lock; its child says when it is held.
        let said = folder.path + "/said"
        let holder = try await RunningProcess.start(
            Launch(
                "/usr/bin/env",
                arguments: ["flock", "--exclusive", "--no-fork", FileLease.path(for: folder.store), "sh", "-c",
                            "echo held; exec sleep 100"],
                environment: Program.environment(), output: .append(to: said), bond: .ownGroup,
                signalWithParent: SIGKILL))
        defer { holder.send(signal: SIGKILL) }
        #expect(await eventually { try String(contentsOfFile: said, encoding: .utf8) == "held\n" })
        guard case .lockedByOther = await code({ _ = try folder.open() }) else {
            Issue.record("the store was opened although another process holds it")
            return
        }
        holder.send(signal: SIGKILL)
        await holder.ended()
        try folder.open().close()
    }

    @Test("a folder that does not exist is named")
    func missingFolder() async throws {
        let folder = try TestFolder()
        let error = await storeError {
            _ = try Store(opening: .sqlite(path: folder.path + "/none/a.db"), service: "library", migrations: [],
                          at: noon, log: quiet)
        }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains(folder.path + "/none") == true)
    }

    @Test("a folder in the place of the file is refused")
    func folderInstead() async throws {
        let folder = try TestFolder()
        try FileManager.default.createDirectory(atPath: folder.store, withIntermediateDirectories: false)
        #expect(await code { _ = try folder.open() } == .unavailable)
    }

    @Test("a file that is no store is refused and left as it is")
    func notAStore() async throws {
        let folder = try TestFolder()
        let text = String(repeating: "These are minutes of a meeting. ", count: 100)
        try text.write(toFile: folder.store, atomically: true, encoding: .utf8)
        #expect(await code { _ = try folder.open() } == .corrupt)
        #expect(try String(contentsOfFile: folder.store, encoding: .utf8) == text)
    }
}
