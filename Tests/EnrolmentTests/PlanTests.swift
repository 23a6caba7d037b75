import Storage
import Testing
import TestSupport
import Values
@testable import EnrolmentService

/// What a page costs must not grow with the table, or only with an index that is walked.
@Suite("Ways through the tables", .enabled(if: Engine.chosen == .sqlite, "the plans are SQLite's"))
struct PlanTests {
    private static let candidate = SystemIdentifiers().next()
    private static let cohort = CohortID("2017a").map { [$0] } ?? []
    private static let school = URN(number: 100_000).map { [$0] } ?? []

    @Test("lists of applications are narrowed by one index, or walked in their order", arguments: [
        (ApplicationFilter(), "applications_by_time"),
        (ApplicationFilter(order: .oldest), "applications_by_time"),
        (ApplicationFilter(order: .updated), "applications_by_update"),
        (ApplicationFilter(programmes: ["p"], trainings: [.deferred]), "applications_by_time"),
        (ApplicationFilter(programmes: ["p"], cohorts: cohort, order: .updated), "applications_by_update"),
        (ApplicationFilter(cohorts: cohort), "applications_by_cohort"),
        (ApplicationFilter(cohorts: cohort, approvals: [.pending], order: .oldest), "applications_by_cohort"),
        (ApplicationFilter(approvals: [.pending], order: .oldest), "applications_not_accepted"),
        (ApplicationFilter(approvals: [.pending], order: .updated), "applications_by_update"),
        (ApplicationFilter(approvals: [.accepted]), "applications_by_time"),
        (ApplicationFilter(candidates: [candidate], cohorts: cohort), "applications_by_candidate"),
        (ApplicationFilter(approvals: [.rejected], schools: school), "applications_by_school"),
        (ApplicationFilter(cohorts: cohort, partners: [candidate]), "applications_by_partner"),
    ])
    func applications(filter: ApplicationFilter, index: String) async throws {
        for after in [nil, [SQLValue.int(1), .text("z")]] {
            try await check(EnrolmentStore.question(filter, after: after, limit: 101), uses: index)
        }
    }

    @Test("narrow lists are sorted in whatever order: few rows are left")
    func sorted() async throws {
        for filter in [ApplicationFilter(candidates: [Self.candidate], order: .updated),
                       ApplicationFilter(schools: Self.school, order: .updated)] {
            let plan = try await plan(EnrolmentStore.question(filter, after: nil, limit: 101))
            #expect(plan.contains { $0.hasPrefix("SEARCH applications") }, "\(plan)")
        }
    }

    @Test("an import looks up each row's person by an index of that person", arguments: [
        ("SELECT programme FROM applications WHERE candidate_id = 'a' AND (cohort_id || '') = 'b' "
            + "ORDER BY submitted_at, id", "applications_by_candidate"),
        ("SELECT candidate_id FROM application_import_people WHERE (import_id || '') = 'a' AND trn = 1 AND candidate_id <> '' "
            + "ORDER BY line LIMIT 1", "application_import_people_by_trn"),
        ("SELECT candidate_id FROM application_import_people WHERE (import_id || '') = 'a' AND email = 'b' ORDER BY line "
            + "LIMIT 1", "application_import_people_by_email"),
        ("SELECT programme FROM application_import_people WHERE (import_id || '') = 'a' AND candidate_id = 'b' AND "
            + "cohort_id = 'c' ORDER BY line", "application_import_people_by_person"),
    ])
    func imports(question: String, index: String) async throws {
        let plan = try await plan(SQL(raw: question))
        #expect(plan.contains { $0.contains(index) }, "\(plan)")
    }

    private func check(_ question: SQL, uses index: String) async throws {
        let plan = try await plan(question)
        #expect(plan.contains { $0.hasSuffix(index) || $0.contains(index + " ") }, "\(plan)")
        #expect(!plan.contains { $0.contains("USE TEMP B-TREE FOR ORDER BY") }, "\(plan)")
    }

    private func plan(_ question: SQL) async throws -> [String] {
        try await Harness().store.read { reader in
            try reader.rows("EXPLAIN QUERY PLAN \(question)").map { try $0.text("detail") }
        }
    }
}
