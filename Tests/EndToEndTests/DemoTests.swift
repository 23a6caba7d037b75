import ChildProcess
import Contracts
import Foundation
import SuiteSupport
import TestSupport
import Testing

@Suite("olp demo and olp check")
struct DemoTests {
    @Test("a season is played into an empty suite, and everything fits together afterwards")
    func season() async throws {
        try await RunningSuite.with { suite in
            let played = try await suite.olp("demo", "--candidates", "40", "--seed", "7")
            #expect(played.status == .exited(0), "\(played)")
            let lines = played.output.split(separator: "\n", omittingEmptySubsequences: false)
            let invariants = lines.filter { $0.hasPrefix("✓") || $0.hasPrefix("✗") || $0.hasPrefix("?") }
            #expect(invariants.count == 14)
            #expect(invariants.allSatisfy { $0.hasPrefix("✓") }, "\(played.output)")
            #expect(lines.contains("All 14 invariants hold."))
            #expect(played.error.contains("Playing season 7 with 40 candidates"))

            let waiting: TrainingEventsV1.ListWaitingReply = try await suite.call("GET", "/v1/waiting?pageSize=100")
            #expect(waiting.entries.contains { $0.status == .accepted } && waiting.entries.contains { $0.status == .waiting })
            let submitted: DiagnosticsV1.ListDiagnosticsReply = try await suite.call(
                "GET", "/v1/diagnostics?status=DIAGNOSTIC_STATUS_SUBMITTED")
            #expect(!submitted.diagnostics.isEmpty)
            let attendance: TrainingEventsV1.ListAttendanceReply = try await suite.call("GET", "/v1/attendance?pageSize=100")
            #expect(Set(attendance.lines.map(\.kind)).count >= 4)

            let again = try await suite.olp("demo", "--candidates", "40")
            #expect(again.status == .exited(1))
            #expect(again.error.contains("--into-existing"))
            let checked = try await suite.olp("check", "--all", "--json")
            #expect(checked.status == .exited(0), "\(checked)")
            let report = try #require(
                try JSONSerialization.jsonObject(with: Data(checked.output.utf8)) as? [String: Any])
            #expect(report["holds"] as? Bool == true && report["atRest"] as? Bool == true)
        }
    }

    @Test("applications are imported from a file: judged first, then for real, then nothing is new")
    func applications() async throws {
        try await RunningSuite.with(["--sample", "\(Project.root)/deploy/sample"]) { suite in
            let cohort = try await open(suite)
            let file = try suite.folder.write(Self.file(cohort), to: "autumn.csv")
            let results = suite.folder.file("results.csv")

            let judged = try await suite.olp("import", "applications", file, "--dry-run", "--results", results)
            #expect(judged.status == .exited(0), "\(judged)")
            #expect(judged.output.contains("It was a dry run: nothing was written."))
            let rows = try suite.folder.read("results.csv").split(separator: "\r\n").map(String.init)
            #expect(rows.count == 1 + 3)
            #expect(rows[3].hasPrefix("4,rejected,A-3,,,"))
            let none: EnrolmentV1.ListApplicationsReply = try await suite.call("GET", "/v1/applications")
            #expect(none.applications.isEmpty)

            let done = try await suite.olp("import", "applications", file, "--cohort", cohort, "--json")
            #expect(done.status == .exited(0), "\(done)")
            let first = try EnrolmentV1.ApplicationImport(jsonText: done.output)
            #expect(first.rowsRead == 3 && first.rejected == 1, "\(judged.output)")
            let two: EnrolmentV1.ListApplicationsReply = try await suite.call("GET", "/v1/applications")
            #expect(two.applications.count == 2)

            let again = try await suite.olp("import", "applications", file, "--json")
            #expect(try EnrolmentV1.ApplicationImport(jsonText: again.output).unchanged == 2)
            let missing = try await suite.olp("import", "applications", suite.folder.file("none.csv"))
            #expect(missing.status == .exited(1) && missing.error.contains("No such file"))
        }
    }

    private func open(_ suite: RunningSuite) async throws -> String {
        let day = { (year: Int32, month: Int32) in CommonV1.Date(year: year, month: month, day: 1) }
        let cohort: EnrolmentV1.Cohort = try await suite.call(
            "POST", "/v1/cohorts",
            EnrolmentV1.OpenCohortRequest(
                id: "2026b", name: "Autumn", fundingCap: .full, applicationsFrom: day(2020, 1),
                applicationsTo: day(2099, 1),
                schedules: [
                    EnrolmentV1.Schedule(
                        identifier: "leadership", courseGroup: .leadership, acceptanceFrom: day(2020, 1),
                        acceptanceTo: day(2099, 1), startsOn: day(2026, 9), endsOn: day(2028, 3))
                ]))
        return cohort.id
    }

    /// Two rows that can be used, and one for a cohort that there is not.
    private static func file(_ cohort: String) -> String {
        let columns = [
            "application_id", "submitted_at", "cohort", "programme", "title", "first_name", "last_name",
            "previous_last_name", "email", "phone", "date_of_birth", "trn", "employer_type", "employer_urn",
            "employer_group_uid", "employer_name", "role", "funding_choice", "sponsor_name", "sponsor_role",
            "sponsor_email", "gender", "ethnicity", "disability", "adjustments", "consent",
        ]
        let people = [
            ["A-1", cohort, "Amara", "Okafor", "amara@example.org", "1980-02-03", "3456789"],
            ["A-2", cohort, "Rhys", "Clegg", "rhys@example.org", "1975-11-30", "4567890"],
            ["A-3", "2099z", "Nia", "Barlow", "nia@example.org", "1990-06-15", "5678901"],
        ]
        let rows = people.map { person in
            let values: [String: String] = [
                "application_id": person[0], "submitted_at": "2026-10-05T09:00:00+01:00", "cohort": person[1], "programme": "NPQH",
                "employer_type": "school", "employer_urn": "101294", "first_name": person[2], "last_name": person[3], "email": person[4], "date_of_birth": person[5],
                "trn": person[6], "consent": "yes",
            ]
            return columns.map { values[$0] ?? "" }.joined(separator: ",")
        }
        return ([columns.joined(separator: ",")] + rows).joined(separator: "\r\n") + "\r\n"
    }
}
