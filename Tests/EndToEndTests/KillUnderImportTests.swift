import Contracts
import Foundation
import HTTPClient
import SuiteSupport
import TestSupport
import Testing

/// Partnership is killed at random moments of an import. OLP_TEST_SEED repeats a run's moments.
@Suite("Partnership killed under an import")
struct KillUnderImportTests {
    static let rows = 6000
    /// Small batches, so that there are many moments between two checkpoints.
    static let batches = ["OLP_PARTNERSHIP_IMPORT_BATCH_ROWS": "200"]
    static let kills = min(ProcessEnvironment.number("OLP_TEST_KILLS") ?? 4, 4)

    @Test("the import goes on, and ends as one that was left in peace")
    func imports() async throws {
        var random = Seed.generator(for: "Partnership killed under an import")
        let moments = (0..<Self.kills).map { _ in Int64.random(in: 0...Int64(Self.rows * 9 / 10), using: &random) }
            .sorted()
        let file = try RegisterFile.establishments(rows: Self.rows)
        let peaceful = try await RunningSuite.with(environment: Self.batches) { suite in
            try await run(suite, file, killingAt: [])
        }
        let disturbed = try await RunningSuite.with(environment: Self.batches) { suite in
            try await run(suite, file, killingAt: moments)
        }
        #expect(disturbed.schools.count == peaceful.schools.count)
        #expect(disturbed.schools == peaceful.schools)
        #expect(disturbed.counts == peaceful.counts)
    }

    private struct End: Equatable {
        var schools: [String]
        var counts: [Int64]
    }

    private func run(_ suite: RunningSuite, _ file: [UInt8], killingAt moments: [Int64]) async throws -> End {
        let opened: PartnershipV1.GiasImport = try await suite.call(
            "POST", "/v1/gias-imports", PartnershipV1.CreateGiasImportRequest())
        let path = "/v1/gias-imports/\(opened.id)"
        let upload = HTTPRequest(
            "PUT", "\(path)/files/establishments", fields: [("Content-Type", "text/csv")], body: .bytes(file))
        let uploaded = try await suite.send(upload, token: suite.token)
        #expect(uploaded.isSuccess, "\(uploaded.text)")
        let _: PartnershipV1.GiasImport = try await suite.call(
            "POST", "\(path):start", PartnershipV1.StartGiasImportRequest())
        for moment in moments {
            let progress = try await poll(
                for: "row \(moment) of the import", timeout: RunningSuite.patience, interval: .milliseconds(1)
            ) { () -> PartnershipV1.GiasImport? in
                let now = try? await suite.call("GET", path, as: PartnershipV1.GiasImport.self)
                return now.flatMap { $0.state == .succeeded || ($0.files.first?.rowsRead ?? 0) >= moment ? $0 : nil }
            }
            let pid = try await suite.killService("partnership")
            print("killed after row \(progress.files.first?.rowsRead ?? 0), the import being \(progress.state.name)")
            try await suite.waitForRestart(of: "partnership", after: pid)
        }
        let done = try await poll(for: "the import's end", timeout: .seconds(120)) { () -> PartnershipV1.GiasImport? in
            let now = try? await suite.call("GET", path, as: PartnershipV1.GiasImport.self)
            return now.flatMap { [.succeeded, .failed, .cancelled].contains($0.state) ? $0 : nil }
        }
        #expect(done.state == .succeeded, "\(done.failure)")
        let counts = done.files.flatMap {
            [$0.rowsRead, $0.inserted, $0.updated, $0.unchanged, $0.ignored, $0.rejected, $0.warned]
        }
        return End(schools: try await schools(suite), counts: counts)
    }

    /// Every school with its version: one that was applied twice would have another.
    private func schools(_ suite: RunningSuite) async throws -> [String] {
        var all: [String] = []
        var page = ""
        repeat {
            let reply: PartnershipV1.SearchSchoolsReply = try await suite.call(
                "GET", "/v1/schools?pageSize=100&pageToken=\(HTTPRequest.encoded(page))")
            all += reply.schools.map { "\($0.urn) \($0.version) \($0.name)" }
            page = reply.nextPageToken
        } while !page.isEmpty
        return all.sorted()
    }
}
