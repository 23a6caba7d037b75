import Foundation
import RPC
import ServiceKit
import Storage
import Synchronization
import TestSupport
import Testing
import Values
@testable import PartnershipService

@Suite("Imports that were broken off")
struct ResumeTests {
    /// Runs an import until some number of checkpoints, then lets the process go, again and again.
    @Test("go on after a crash at any checkpoint, to the same end", arguments: [1, 2, 3, 7])
    func everyCheckpoint(stride: Int) async throws {
        let whole = try Harness(batchRows: 37)
        let files = try Self.files()
        let expected = try await whole.run(files)
        let register = try await whole.register()

        let folder = URL.temporaryDirectory.appending(path: "resume-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "store.sqlite").path
        var harness = try Harness(path: path, batchRows: 37)
        let id = try await harness.begin(files)
        var rounds = 0
        while true {
            let crash = CrashingImport(harness.runner(), progress: harness.progress, after: stride)
            let ended = try await crash.run()
            harness.store.close()
            harness = try Harness(path: path, batchRows: 37)
            rounds += 1
            if ended { break }
            try #require(rounds < 200)
        }
        let found = try #require(try await harness.partnership.giasImport(id))
        #expect(found.state == .succeeded)
        #expect(found.files.map(\.counts) == expected.files.map(\.counts))
        #expect(found.issuesFound == expected.issuesFound && found.issuesKept == expected.issuesKept)
        #expect(try await harness.register() == register)
        #expect(try await harness.events().count == whole.events().count)
        #expect(try await harness.count("gias_import_issues") == whole.count("gias_import_issues"))
        #expect(rounds > 3)
        harness.store.close()
    }

    /// Small files with bad rows among them, whose repeats lie in different batches.
    static func files() throws -> [(GiasFileKind, [UInt8])] {
        let bad = try TestData.brokenFile("bad_rows.csv")
        let first = try TestData.sampleFile(.establishments)
        let header = try #require(bad.firstIndex(of: UInt8(ascii: "\n")))
        // The first 150 KB of the sample up to a record's end, then the bad rows, then the same rows again.
        let cut = try #require(first[..<150_000].lastRange(of: Array("\"\r\n".utf8)))
        let good = Array(first[..<cut.upperBound])
        let firstHeader = try #require(good.firstIndex(of: UInt8(ascii: "\n")))
        let establishments = good + bad[(header + 1)...] + good[(firstHeader + 1)...]
        return [(.establishments, establishments), (.groups, try TestData.sampleFile(.groups)),
                (.memberships, try TestData.sampleFile(.memberships)), (.links, try TestData.sampleFile(.links))]
    }

    @Test("a runner whose import another one has taken over leaves nothing behind")
    func takenOver() async throws {
        let harness = try Harness()
        let id = try await harness.begin([(.groups, try TestData.sampleFile(.groups))])
        let now = harness.wallClock.now()
        let store = harness.partnership
        let first = try #require(try await PartnershipStore.imports.claim(in: harness.store, runner: "one", takingOver: false, now: now))
        #expect(try await PartnershipStore.imports.claim(in: harness.store, runner: "two", takingOver: false, now: now) == nil)
        let later = now + ImportTable.claimLifetime
        let second = try #require(try await PartnershipStore.imports.claim(in: harness.store, runner: "two", takingOver: false, now: later))
        #expect(second.importID == id)
        await #expect(throws: ImportInterruption.claimLost) {
            try await store.apply(GiasBatch<SchoolGroup>(isLast: true), of: GroupRow.self, first, at: later)
        }
        await #expect(throws: ImportInterruption.claimLost) {
            try await PartnershipStore.imports.end(first, failure: nil, in: harness.store, at: later)
        }
        #expect(try await store.giasImport(id)?.state == .running)
        #expect(try await harness.runner().runNext(takingOver: true))
        #expect(try await store.giasImport(id)?.state == .succeeded)
    }

    @Test("a fault that will not pass fails the import, and the next one runs")
    func fault() async throws {
        let harness = try Harness()
        let one = try await harness.begin([
            (.establishments, try TestData.updateFile(.establishments)), (.links, try TestData.updateFile(.links)),
        ])
        let two = try await harness.begin([(.groups, try TestData.updateFile(.groups))])
        try await harness.store.write { writer in _ = try writer.execute("DROP TABLE school_links") }
        let runner = harness.runner()
        #expect(try await runner.runNext(takingOver: false))
        let failed = try #require(try await harness.partnership.giasImport(one))
        #expect(failed.state == .failed && failed.failure.contains("its log says why"))
        #expect(try await harness.count("schools") == 9)
        #expect(try await runner.runNext(takingOver: false))
        #expect(try await harness.partnership.giasImport(two)?.state == .succeeded)
    }

    @Test("only one import runs at a time; the queue is worked off in order")
    func queue() async throws {
        let harness = try Harness()
        let one = try await harness.begin([(.groups, try TestData.sampleFile(.groups))])
        let two = try await harness.begin([(.groups, try TestData.updateFile(.groups))])
        let runner = harness.runner()
        #expect(try await runner.runNext(takingOver: false))
        #expect(try await harness.partnership.giasImport(one)?.state == .succeeded)
        #expect(try await harness.partnership.giasImport(two)?.state == .queued)
        #expect(try await runner.runNext(takingOver: false))
        #expect(try await harness.partnership.giasImport(two)?.state == .succeeded)
        #expect(try await !runner.runNext(takingOver: false))
    }
}
