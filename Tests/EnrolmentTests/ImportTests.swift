import Contracts
import Foundation
import RPC
import Storage
import TestSupport
import Testing
import Values
@testable import EnrolmentService

@Suite("Importing applications")
struct ImportTests {
    /// A harness with the sample's register and its three intakes.
    static func harness(path: String? = nil, batchRows: Int = 100) async throws -> Harness {
        let harness = try Harness(path: path, batchRows: batchRows, partnership: try .withSample())
        if try await harness.count("cohorts") == 0 {
            try await harness.openCohort("2017a", to: .init(year: 2017, month: 9, day: 15))
            try await harness.openCohort("2018a", to: .init(year: 2018, month: 1, day: 26))
            try await harness.openCohort("2018b", to: .init(year: 2018, month: 5, day: 11))
        }
        return harness
    }

    @Test("each planted defect of the sample is reported, and nothing else", arguments: [false, true])
    func sample(isDryRun: Bool) async throws {
        let harness = try await Self.harness()
        let done = try await harness.run(try TestData.applications(), isDryRun: isDryRun)
        let manifest = try TestData.manifest()
        #expect(done.state == .succeeded && done.failure.isEmpty)
        #expect(done.rowsRead == manifest.rows && done.bytesRead == done.bytesTotal)
        #expect(done.rejected == manifest.rejected && done.warned == manifest.for_review)
        #expect(done.created + done.matched == manifest.imported_without_review && done.unchanged == 0)
        let results = try await harness.results(done.id)
        #expect(results.count == Int(manifest.rows))
        var found: Set<TestData.Expected> = []
        for result in results {
            for issue in result.issues {
                found.insert(.init(reference: result.reference, code: issue.code, related: issue.relatedReference))
            }
        }
        let expected = try TestData.expectedIssues()
        #expect(found.subtracting(expected.issues) == [])
        #expect(expected.issues.subtracting(found) == [])
        let counts = Dictionary(grouping: results.flatMap(\.issues), by: \.code).mapValues(\.count)
        #expect(counts == Dictionary(uniqueKeysWithValues: manifest.by_issue.map { ($0.replacing("_", with: "-"), $1) }))
        if isDryRun {
            for table in ["candidates", "applications", "application_import_people"] {
                #expect(try await harness.count(table) == 0)
            }
            #expect(try await harness.events().isEmpty)
            #expect(results.allSatisfy { $0.candidateId.isEmpty && $0.applicationId.isEmpty })
        } else {
            // Each person once: what was rejected brings nobody, and a duplicate's person is there already.
            let duplicates = Int64(manifest.by_issue["duplicate_application"] ?? 0)
            #expect(try await harness.count("candidates") == manifest.people - (manifest.rejected - duplicates))
            #expect(try await harness.count("applications") == manifest.rows - manifest.rejected)
            try await checkRightValues(harness, expected.rightValues)
        }
        #expect(try await harness.count("application_import_chunks") == 0)
    }

    /// What was cleaned is what its maker says it should be.
    private func checkRightValues(_ harness: Harness, _ values: [TestData.Expected: String]) async throws {
        for (issue, value) in values where !issue.code.isEmpty {
            let row = try #require(try await harness.store.read { reader in
                try reader.row("""
                    SELECT c.full_name, c.email, c.trn, c.birth_date, a.school_urn, a.programme
                    FROM application_forms f JOIN applications a ON a.id = f.application_id
                    JOIN candidates c ON c.id = a.candidate_id WHERE f.reference = \(issue.reference)
                    """)
            })
            let found: String = switch issue.code.split(separator: "-").first {
            case "name": try row.text(0)
            case "email": try row.text(1)
            case "trn": try TRN(number: Int(row.int(2)))?.text ?? ""
            case "dob": try row.text(3)
            case "employer": String(try row.int(4))
            case "programme":
                ProgrammeCatalogue.programme(try row.text(5), cohortYear: 2017)?.shortCode ?? ""
            default: ""
            }
            if issue.code.hasPrefix("name") {
                #expect(found.split(separator: " ").contains { $0 == value }, "\(issue)")
            } else {
                #expect(found == value, "\(issue)")
            }
        }
    }

    @Test("the same file again changes nothing")
    func again() async throws {
        let harness = try await Self.harness()
        let first = try await harness.run(try TestData.applications())
        let events = try await harness.events().count
        let candidates = try await harness.count("candidates")
        let again = try await harness.run(try TestData.applications())
        #expect(again.unchanged == first.rowsRead - first.rejected && again.rejected == first.rejected)
        #expect(again.created == 0 && again.matched == 0 && again.warned == 0)
        #expect(try await harness.events().count == events)
        #expect(try await harness.count("candidates") == candidates)
        // A row of the same reference with other contents is not taken silently.
        let text = String(decoding: try TestData.applications(), as: UTF8.self)
        let start = "APP-2017-000001,2017-06-07T21:12:3"
        let changed = text.replacing(start + "1", with: start + "2")
        let third = try await harness.run(Array(changed.utf8))
        let result = try #require(try await harness.results(third.id).first)
        #expect(result.outcome == .rejected && result.issues.map(\.code) == ["changed-since-import"])
    }

    @Test("a dry run says of known people what the real run would")
    func dryThenReal() async throws {
        let harness = try await Self.harness()
        let dry = try await harness.run(try TestData.applications(), isDryRun: true)
        let real = try await harness.run(try TestData.applications())
        func shown(_ id: String) async throws -> [String] {
            try await harness.results(id).map { result in
                "\(result.line) \(result.outcome.name) \(result.issues.map { $0.code + $0.relatedReference })"
            }
        }
        #expect(try await shown(dry.id) == shown(real.id))
    }

    @Test("an import for one cohort takes no rows of others")
    func oneCohort() async throws {
        let harness = try await Self.harness()
        let done = try await harness.run(try TestData.applications(), cohort: "2018b")
        let intake = Int64(try TestData.manifest().by_intake["2018-summer"] ?? 0)
        #expect(done.rowsRead - done.rejected <= intake && done.rowsRead - done.rejected > intake - 30)
        let results = try await harness.results(done.id, [.rejected])
        #expect(results.contains { $0.issues.contains { $0.code == "cohort-of-other-import" } })
    }

    @Test("a file that cannot be used is refused whole", arguments: [
        ("application_id,cohort\n1,2017a\n", "The header lacks submitted_at"),
        ("", "opens a quote"),
    ])
    func unusable(start: String, problem: String) async throws {
        let harness = try await Self.harness()
        var bytes = Array(start.utf8)
        if bytes.isEmpty { bytes = Array(try TestData.applications().prefix(100_000)) + Array("\n\"never closed".utf8) }
        let done = try await harness.run(bytes)
        #expect(done.state == .failed && done.failure.contains(problem))
        #expect(try await harness.count("candidates") == 0)
        #expect(try await harness.count("application_import_rows") == 0)
    }

    @Test("imports are listed newest first, page by page, by their state")
    func list() async throws {
        let harness = try Harness()
        var ids: [String] = []
        for _ in 0..<5 { ids.append(try await harness.imports.createApplicationImport(.init(dryRun: true)).id) }
        let cancelled = try await harness.imports.cancelApplicationImport(.init(id: ids[1]))
        func list(_ states: [EnrolmentV1.ApplicationImportState]) async throws -> [String] {
            var found: [String] = []
            var token = ""
            repeat {
                let page = try await harness.imports.listApplicationImports(
                    .init(state: states, pageSize: 2, pageToken: token))
                #expect(page.imports.count <= 2)
                found += page.imports.map(\.id)
                token = page.nextPageToken
            } while !token.isEmpty
            return found
        }
        #expect(try await list([]) == ids.reversed())
        #expect(try await list([.receiving]) == [ids[4], ids[3], ids[2], ids[0]])
        #expect(try await list([.receiving, .cancelled, .cancelled]) == ids.reversed())
        #expect(try await list([.failed]).isEmpty)
        #expect(try await harness.imports.listApplicationImports(.init(state: [.cancelled])).imports == [cancelled])
        let first = try await harness.imports.listApplicationImports(.init(pageSize: 1))
        let other = await statusOf {
            _ = try await harness.imports.listApplicationImports(
                .init(state: [.receiving], pageToken: first.nextPageToken))
        }
        #expect(other?.code == .invalidArgument)
    }

    @Test("without consent, answers about the person are not kept")
    func consent() async throws {
        let harness = try await Self.harness()
        try await harness.run(try TestData.applications())
        let kept = try await harness.count("""
            application_forms WHERE consent <> 'yes'
            AND (gender <> '' OR ethnicity <> '' OR disability <> '' OR adjustments <> '')
            """)
        #expect(kept == 0)
        #expect(try await harness.count("application_forms WHERE consent <> 'yes'") == 9)
        #expect(try await harness.count("application_forms WHERE ethnicity <> ''") > 2000)
    }

    @Test("uploads: the last whole one counts, and what is announced must come")
    func uploads() async throws {
        let harness = try await Self.harness()
        let opened = try await harness.imports.createApplicationImport(.init())
        let early = await statusOf { _ = try await harness.imports.startApplicationImport(.init(id: opened.id)) }
        #expect(early?.code == .failedPrecondition)
        let error = await statusOf { _ = try await harness.upload([1, 2, 3], to: opened.id, announced: 4) }
        #expect(error?.code == .invalidArgument)
        #expect(try await harness.count("application_import_chunks") == 0)
        _ = try await harness.upload(Array("x".utf8), to: opened.id)
        let bytes = try TestData.applications()
        let uploaded = try await harness.upload(bytes, to: opened.id, chunk: 10_000)
        #expect(uploaded.bytesTotal == Int64(bytes.count) && uploaded.state == .receiving)
        #expect(try await harness.count("application_import_chunks") == 3)
        _ = try await harness.imports.cancelApplicationImport(.init(id: opened.id))
        #expect(await statusOf { _ = try await harness.upload(bytes, to: opened.id) }?.code == .failedPrecondition)
        #expect(try await harness.count("application_import_chunks") == 0)
    }
}
