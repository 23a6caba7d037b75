import Contracts
import Foundation
import RPC
import ServiceKit
import Storage
import Synchronization
import TestSupport
import Testing
import Values
@testable import EnrolmentService

@Suite("Imports that were broken off")
struct ResumeTests {
    /// Runs an import until some number of checkpoints, then lets the process go, again and again.
    @Test("go on after a crash at any checkpoint, to the same end", arguments: [1, 3], [false, true])
    func everyCheckpoint(stride: Int, isDryRun: Bool) async throws {
        // The first 700 rows, which have duplicates in different batches.
        let bytes = try TestData.applications().split(separator: UInt8(ascii: "\n"), maxSplits: 700).dropLast()
            .reduce(into: [UInt8]()) { $0 += $1 + [UInt8(ascii: "\n")] }
        let whole = try await ImportTests.harness(batchRows: 37)
        let expected = try await whole.run(bytes, isDryRun: isDryRun)
        let results = try await whole.results(expected.id).map(Self.shown)

        let folder = URL.temporaryDirectory.appending(path: "resume-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "store.sqlite").path
        var harness = try await ImportTests.harness(path: path, batchRows: 37)
        let id = try await harness.begin(bytes, isDryRun: isDryRun)
        var rounds = 0
        while true {
            let ended = try await CrashingImport(harness.runner(), progress: harness.progress, after: stride).run()
            harness.store.close()
            harness = try await ImportTests.harness(path: path, batchRows: 37)
            rounds += 1
            if ended { break }
            try #require(rounds < 200)
        }
        let found = try await harness.imports.getApplicationImport(.init(id: id))
        #expect(found.state == .succeeded && found.rowsRead == expected.rowsRead)
        #expect([found.created, found.matched, found.warned, found.rejected]
            == [expected.created, expected.matched, expected.warned, expected.rejected])
        #expect(try await harness.results(id).map(Self.shown) == results)
        for table in ["candidates", "applications", "application_forms", "store_events"] {
            #expect(try await harness.count(table) == whole.count(table), "\(table)")
        }
        #expect(rounds > 3)
        harness.store.close()
    }

    private static func shown(_ result: EnrolmentV1.RowResult) -> String {
        "\(result.line) \(result.outcome.name) \(result.reference) \(result.issues.map { $0.code + $0.relatedReference })"
    }

    @Test("an import that runs is cancelled at its next checkpoint; what was used stays")
    func cancel() async throws {
        let harness = try await ImportTests.harness(batchRows: 50)
        let id = try await harness.begin(try TestData.applications())
        #expect(try await CrashingImport(harness.runner(), progress: harness.progress, after: 3).run() == false)
        let running = try await harness.imports.cancelApplicationImport(.init(id: id))
        #expect(running.state == .running)
        #expect(try await harness.runner().runNext(takingOver: true))
        let cancelled = try await harness.imports.getApplicationImport(.init(id: id))
        #expect(cancelled.state == .cancelled && cancelled.rowsRead > 0 && cancelled.rowsRead < 2500)
        #expect(try await harness.count("application_import_rows") == cancelled.rowsRead)
        #expect(try await harness.count("application_import_chunks") == 0)
    }

    @Test("while Partnership cannot be asked an import waits, and then goes on")
    func partnershipAway() async throws {
        let harness = try await ImportTests.harness()
        let id = try await harness.begin(try TestData.applications())
        harness.partnership.change { $0.failure = RPCError(.unavailable, "down") }
        await #expect(throws: RPCError.self) { try await harness.runner().runNext(takingOver: false) }
        #expect(try await harness.imports.getApplicationImport(.init(id: id)).state == .running)
        #expect(try await harness.count("candidates") == 0)
        harness.partnership.change { $0.failure = nil }
        #expect(try await harness.runner().runNext(takingOver: true))
        #expect(try await harness.imports.getApplicationImport(.init(id: id)).state == .succeeded)
    }

    @Test("a runner whose import another one has taken over leaves nothing behind")
    func takenOver() async throws {
        let harness = try await ImportTests.harness()
        _ = try await harness.begin(try TestData.applications())
        let now = harness.wallClock.now()
        let store = harness.enrolment
        let first = try #require(try await EnrolmentStore.imports.claim(in: harness.store, runner: "one", takingOver: false, now: now))
        #expect(try await EnrolmentStore.imports.claim(in: harness.store, runner: "two", takingOver: false, now: now) == nil)
        let later = now + ImportTable.claimLifetime
        _ = try #require(try await EnrolmentStore.imports.claim(in: harness.store, runner: "two", takingOver: false, now: later))
        await #expect(throws: ImportInterruption.claimLost) {
            try await store.apply(RowBatch(isLast: true), first, at: later)
        }
        await #expect(throws: ImportInterruption.claimLost) {
            try await EnrolmentStore.imports.end(first, failure: nil, in: harness.store, at: later)
        }
    }

    @Test("whoever watches an import sees each checkpoint and its end")
    func watch() async throws {
        let harness = try await ImportTests.harness(batchRows: 500)
        let id = try await harness.begin(try TestData.applications())
        async let seen: [EnrolmentV1.ApplicationImport] = {
            var seen: [EnrolmentV1.ApplicationImport] = []
            for try await state in harness.imports.watchApplicationImport(.init(id: id)) { seen.append(state) }
            return seen
        }()
        #expect(try await harness.runner().runNext(takingOver: false))
        let states = try await seen
        #expect(states.last?.state == .succeeded)
        #expect(states.map(\.rowsRead) == states.map(\.rowsRead).sorted())
    }
}
