import Contracts
import RPC
import ServiceKit
import Storage
import Testing
import TestSupport
@testable import DiagnosticsService
import Values

@Suite("Lists of diagnostics")
struct ListTests {
    private static let programmes = ["npq-headship", "npq-middle-leadership", "npq-senior-leadership"]
    private static let cohorts = ["2017a", "2018a", "2018b"]

    private func pages(
        _ harness: Harness, _ request: DiagnosticsV1.ListDiagnosticsRequest
    ) async throws -> [DiagnosticsV1.Diagnostic] {
        var request = request
        var found: [DiagnosticsV1.Diagnostic] = []
        repeat {
            let reply = try await harness.client.listDiagnostics(request)
            #expect(reply.diagnostics.count <= Int(request.pageSize))
            found += reply.diagnostics
            request.pageToken = reply.nextPageToken
        } while !request.pageToken.isEmpty
        return found
    }

    /// Diagnostics of every kind; as they are listed, oldest first.
    private func fill(_ harness: Harness, _ count: Int, _ generator: inout SeededGenerator) async throws {
        for _ in 0..<count {
            harness.wallClock.advance(by: .seconds(1))
            let made = try await harness.accepted(
                programme: Self.programmes.randomElement(using: &generator) ?? "",
                cohort: Self.cohorts.randomElement(using: &generator) ?? "")
            switch Int.random(in: 1...4, using: &generator) {
            case 1: break
            case 2: _ = try await harness.client.startDiagnostic(.init(id: made.id))
            case 3:
                try await harness.answer(made.id)
                _ = try await harness.client.submitDiagnostic(.init(id: made.id))
            default:
                try await harness.tell(Harness.application(made.applicationId, version: 3, training: .withdrawn))
            }
        }
        // Changes in another order than they were assigned in, some at one time.
        for diagnostic in try await pages(harness, .init(status: [.started], pageSize: 100)).shuffled(using: &generator) {
            if Bool.random(using: &generator) { harness.wallClock.advance(by: .seconds(1)) }
            try await harness.answer(diagnostic.id, first: 1)
        }
    }

    @Test("every choice of filters, order and page size shows what it should, each once")
    func model() async throws {
        var generator = Seed.generator(for: "Lists of diagnostics")
        let harness = try Harness(catalogue: SmallCatalogue.catalogue(SmallCatalogue.instrument()))
        try await fill(harness, 60, &generator)
        let all = try await pages(harness, .init(order: .oldest, pageSize: 100))
        #expect(all.count == 60 && all.map(\.id) == all.map(\.id).sorted())
        func some<Value>(_ values: [Value]) -> [Value] {
            Bool.random(using: &generator) ? [] : Array(values.shuffled(using: &generator).prefix(.random(in: 1...2, using: &generator)))
        }
        for _ in 0..<120 {
            var request = DiagnosticsV1.ListDiagnosticsRequest(
                programme: some(Self.programmes), cohortId: some(Self.cohorts),
                status: some([.assigned, .started, .submitted, .closed]),
                order: [.unspecified, .newest, .updated, .oldest].randomElement(using: &generator) ?? .newest,
                pageSize: .random(in: 1...25, using: &generator))
            if Int.random(in: 1...4, using: &generator) == 1 { request.applicationId = some(all.map(\.applicationId)) }
            if Int.random(in: 1...4, using: &generator) == 1 { request.candidateId = some(all.map(\.candidateId)) }
            let expected = all.filter { one in
                [(request.programme, one.programme), (request.cohortId, one.cohortId),
                 (request.applicationId, one.applicationId), (request.candidateId, one.candidateId)]
                    .allSatisfy { $0.0.isEmpty || $0.0.contains($0.1) }
                    && (request.status.isEmpty || request.status.contains(one.status))
            }
            let sorted = switch request.order {
            case .oldest: expected
            case .updated: expected.sorted { Self.isUpdatedLater($0, $1) }
            default: Array(expected.reversed())
            }
            #expect(try await pages(harness, request).map(\.id) == sorted.map(\.id), "\(request)")
        }
    }

    private static func isUpdatedLater(_ one: DiagnosticsV1.Diagnostic, _ other: DiagnosticsV1.Diagnostic) -> Bool {
        (one.updatedAt?.seconds ?? 0, one.id) > (other.updatedAt?.seconds ?? 0, other.id)
    }

    @Test("counts are those of each programme and status in the cohort")
    func counts() async throws {
        var generator = Seed.generator(for: "Counts of diagnostics")
        let harness = try Harness(catalogue: SmallCatalogue.catalogue(SmallCatalogue.instrument()))
        try await fill(harness, 30, &generator)
        for cohort in Self.cohorts {
            let listed = try await pages(harness, .init(cohortId: [cohort], pageSize: 100))
            let counts = try await harness.client.countDiagnostics(.init(cohortId: cohort)).counts
            #expect(counts.reduce(0) { $0 + $1.diagnostics } == Int64(listed.count))
            for count in counts {
                let matching = listed.filter { $0.programme == count.programme && $0.status == count.status }
                #expect(count.diagnostics == Int64(matching.count))
            }
            let order = counts.map { "\($0.programme) \($0.status.rawValue)" }
            #expect(order == order.sorted() && Set(order).count == order.count)
        }
        #expect(try await harness.client.countDiagnostics(.init(cohortId: "2099a")).counts.isEmpty)
        #expect(await status { _ = try await harness.client.countDiagnostics(.init()) }?.fields == ["cohortId"])
    }

    @Test("a request that cannot be is refused by its fields")
    func refused() async throws {
        let harness = try Harness()
        let wrong = await status {
            _ = try await harness.client.listDiagnostics(.init(
                candidateId: Array(repeating: "a", count: 101), status: [.unspecified], order: .unrecognized(9), pageSize: 101))
        }
        #expect(wrong?.fields == ["candidateId", "status[0]", "order", "pageSize"])
        for _ in 0..<2 { _ = try await harness.accepted() }
        let token = try await harness.client.listDiagnostics(.init(pageSize: 1)).nextPageToken
        for request in [DiagnosticsV1.ListDiagnosticsRequest(status: [.assigned], pageToken: token),
                        .init(order: .oldest, pageToken: token), .init(pageToken: "x")] {
            let error = await status { _ = try await harness.client.listDiagnostics(request) }
            #expect(error?.fields == ["pageToken"])
        }
        let size = await status {
            _ = try await harness.client.listDiagnosticHistory(.init(id: try await harness.accepted().id, pageSize: 101))
        }
        #expect(size?.fields == ["pageSize"])
    }

    @Test("the history comes page by page")
    func historyPages() async throws {
        let harness = try Harness()
        let id = try await harness.accepted().id
        for count in 1...4 { try await harness.answer(id, first: count) }
        var request = DiagnosticsV1.ListDiagnosticHistoryRequest(id: id, pageSize: 2)
        var versions: [Int64] = []
        repeat {
            let reply = try await harness.client.listDiagnosticHistory(request)
            versions += reply.entries.map(\.version)
            request.pageToken = reply.nextPageToken
        } while !request.pageToken.isEmpty
        #expect(versions == [6, 5, 4, 3, 2, 1])
    }

    private static let questions: [(DiagnosticFilter, String)] = {
        var plans: [(DiagnosticFilter, String)] = []
        for order in DiagnosticOrder.allCases {
            let end = order == .updated ? "_update" : ""
            func add(_ change: (inout DiagnosticFilter) -> Void, _ index: String) {
                var filter = DiagnosticFilter(order: order)
                change(&filter)
                plans.append((filter, index))
            }
            add({ _ in }, order == .updated ? "diagnostics_by_update" : "sqlite_autoindex_diagnostics_1")
            add({ $0.cohorts = ["a"] }, "diagnostics_by_cohort\(end)")
            add({ $0.cohorts = ["a", "b"] }, "diagnostics_by_cohort\(end)")
            add({ ($0.cohorts, $0.programmes, $0.statuses) = (["a"], ["p", "q"], [.closed]) }, "diagnostics_by_cohort\(end)")
            add({ $0.programmes = ["p"] }, "diagnostics_by_programme\(end)")
            add({ ($0.programmes, $0.statuses) = (["p", "q"], [.closed, .started]) }, "diagnostics_by_programme\(end)")
            add({ $0.statuses = [.closed] }, "diagnostics_by_status\(end)")
            add({ $0.statuses = [.closed, .started] }, "diagnostics_by_status\(end)")
            add({ ($0.candidates, $0.statuses) = (["a"], [.closed]) }, "diagnostics_by_candidate")
            add({ ($0.applications, $0.cohorts) = (["a"], ["b"]) }, "diagnostics_by_application")
        }
        return plans
    }()

    /// What a list costs must not grow with the table: no branch of it sorts, and none looks at rows of the table
    /// before it has sifted them in its index.
    @Test("lists walk an index in their order", .enabled(if: Engine.chosen == .sqlite, "the plans are SQLite's"),
          arguments: questions)
    func plans(filter: DiagnosticFilter, index: String) async throws {
        let harness = try Harness()
        let after: [SQLValue] = filter.keys.map { $0 == "id" ? .text("z") : .int(5) }
        for position in [nil, after] {
            let plan = try await harness.store.read { reader in
                try reader.rows("EXPLAIN QUERY PLAN \(filter.question(after: position, limit: 21))").map {
                    (id: try $0.int("id"), parent: try $0.int("parent"), detail: try $0.text("detail"))
                }
            }
            // The rows that were found are then read by their ids.
            let branches = plan.filter { line in
                line.detail.split(separator: " ").contains(Substring(index)) && !line.detail.contains("(id=?)")
            }
            #expect(!branches.isEmpty, "\(plan)")
            guard filter.candidates.isEmpty, filter.applications.isEmpty else { continue }
            #expect(branches.allSatisfy { $0.detail.contains("COVERING INDEX") }, "\(plan)")
            let sorting = plan.filter { $0.detail.contains("TEMP B-TREE FOR ORDER BY") }
            #expect(!sorting.contains { line in branches.contains { $0.parent == line.parent } }, "\(plan)")
        }
    }
}
