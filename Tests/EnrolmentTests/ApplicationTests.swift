import Contracts
import RPC
import Storage
import TestSupport
import Testing
import Values
import Wire
@testable import EnrolmentService

@Suite("Applications")
struct ApplicationTests {
    @Test("an application goes from submission through training, and each step is told and kept")
    func life() async throws {
        let harness = try Harness()
        try await harness.openCohort()
        let submitted = try await harness.submit(try await harness.register())
        #expect(submitted.approvalStatus == .pending && submitted.trainingStatus == .unspecified)
        #expect(submitted.programmeVersion == 1 && submitted.schedule.isEmpty)
        let client = harness.applications
        let accepted = try await client.acceptApplication(.init(id: submitted.id, reason: "suitable", expectedVersion: 1))
        #expect(accepted.approvalStatus == .accepted && accepted.trainingStatus == .active && accepted.acceptedAt != nil)
        #expect(accepted.schedule == "npq-2017-autumn")
        _ = try await client.recordDeclaration(.init(id: submitted.id, declaration: .started))
        _ = try await client.deferApplication(.init(id: submitted.id, statusReason: "parental-leave"))
        _ = try await client.resumeApplication(.init(id: submitted.id))
        let withdrawn = try await client.withdrawApplication(.init(id: submitted.id, statusReason: "change-in-career"))
        #expect(withdrawn.trainingStatus == .withdrawn && withdrawn.statusReason == "change-in-career")
        #expect(withdrawn.version == 6 && withdrawn.declared == [.started])
        #expect(try await client.getApplication(.init(id: submitted.id)) == withdrawn)
        let history = try await client.listApplicationHistory(.init(id: submitted.id))
        #expect(history.entries.map(\.change) == ["withdrawn", "resumed", "deferred", "declared", "accepted", "submitted"])
        let acceptance = history.entries[4]
        #expect(acceptance.reason == "suitable")
        #expect(acceptance.detailJson.contains("\"approvalStatus\":[\"pending\",\"accepted\"]"))
        let events = try await harness.events().map(\.event)
        let steps = ["submitted", "accepted", "declared", "deferred", "resumed", "withdrawn"]
        #expect(events.map(\.type) == ["candidate.registered"] + steps.map { "application.\($0)" })
        let last = try EnrolmentV1.ApplicationChanged(decoding: try #require(events.last).payload)
        #expect(last.application == withdrawn && last.candidateName == "Ada Byron")
    }

    @Test("an application is taken for what is offered, while the cohort is open, once")
    func submit() async throws {
        let harness = try Harness()
        try await harness.openCohort()
        let person = try await harness.register()
        func submit(_ programme: String, _ cohort: String = "2017a") async -> String {
            await rule { _ = try await harness.submit(person, programme, cohort) }
        }
        #expect(await submit("npq-unheard-of") == "INVALID_ARGUMENT")
        #expect(await submit("npq-senco") == "PROGRAMME_NOT_OFFERED")
        #expect(await submit("npq-headship", "2018a") == "NOT_FOUND")
        #expect(await submit("npq-headship") == "OK")
        #expect(await submit("npq-headship") == "OTHER_APPLICATION_OPEN")
        #expect(await submit("npq-senior-leadership") == "OK")
        harness.wallClock.advance(by: .seconds(60 * 86_400))
        #expect(await submit("npq-middle-leadership") == "COHORT_NOT_OPEN")
        let nobody = "01890a5d-ac96-774b-bcce-b302099a8057"
        #expect(await statusOf { _ = try await harness.submit(nobody) }?.code == .notFound)
    }

    @Test("the employer of the moment stays with the application")
    func employer() async throws {
        let harness = try Harness()
        try await harness.openCohort()
        harness.partnership.change { holdings in
            for urn in [5, 6] as [Int64] { holdings.schools[urn] = PartnershipStub.school(urn) }
        }
        let person = try await harness.register("Ada", urn: 5)
        let application = try await harness.submit(person)
        _ = try await harness.candidates.updateCandidate(.init(id: person, fullName: "Ada", schoolUrn: 6))
        #expect(try await harness.applications.getApplication(.init(id: application.id)).schoolUrn == 5)
        #expect(try await harness.applications.listApplications(.init(schoolUrn: [5])).applications.count == 1)
        #expect(try await harness.applications.listApplications(.init(schoolUrn: [6])).applications.isEmpty)
    }

    @Test("a partner that an application came through is one of Partnership's")
    func partner() async throws {
        let harness = try Harness()
        try await harness.openCohort()
        let known = SystemIdentifiers().next().text
        harness.partnership.change { $0.partners = [known] }
        let person = try await harness.register()
        func submit(_ partner: String) async -> String {
            await rule {
                _ = try await harness.applications.submitApplication(.init(
                    candidateId: person, programme: "npq-headship", cohortId: "2017a", partnerId: partner))
            }
        }
        #expect(await submit("what") == "INVALID_ARGUMENT")
        #expect(await submit(SystemIdentifiers().next().text) == "PARTNER_UNKNOWN")
        #expect(await submit(known) == "OK")
        #expect(try await harness.applications.listApplications(.init(partnerId: [known])).applications.count == 1)
    }

    @Test("acceptance rejects the person's other pending applications for the same programme and cohort")
    func supersede() async throws {
        let harness = try Harness()
        try await harness.openCohort()
        try await harness.openCohort("2018a", to: .init(year: 2018, month: 1, day: 26))
        // One person, registered twice.
        let first = try await harness.register("Ada Byron", trn: "1234567")
        let twin = try await harness.register("Ada King", trn: "1234567")
        let other = try await harness.register("Bo", trn: "7654321")
        let chosen = try await harness.submit(first)
        let same = try await harness.submit(twin)
        let otherProgramme = try await harness.submit(twin, "npq-headship")
        let otherCohort = try await harness.submit(twin, "npq-senior-leadership", "2018a")
        let otherPerson = try await harness.submit(other)
        _ = try await harness.applications.acceptApplication(.init(id: chosen.id))
        func now(_ application: EnrolmentV1.Application) async throws -> EnrolmentV1.Application {
            try await harness.applications.getApplication(.init(id: application.id))
        }
        let superseded = try await now(same)
        #expect(superseded.approvalStatus == .rejected)
        #expect(superseded.statusReason == "other-application-in-this-cohort-accepted")
        for untouched in [otherProgramme, otherCohort, otherPerson] {
            #expect(try await now(untouched) == untouched)
        }
        let last = try await harness.events().suffix(2).map { "\($0.event.type) \($0.event.subject)" }
        #expect(last == ["application.accepted \(chosen.id)", "application.rejected \(same.id)"])
        // Another one cannot be accepted beside it, until it is withdrawn.
        let later = try await harness.submit(twin)
        func accept(_ id: String) async -> String {
            await rule { _ = try await harness.applications.acceptApplication(.init(id: id)) }
        }
        #expect(await accept(later.id) == "OTHER_APPLICATION_ACCEPTED")
        _ = try await harness.applications.withdrawApplication(.init(id: chosen.id, statusReason: "other"))
        #expect(await accept(later.id) == "OK")
    }

    @Test("in a capped cohort a funded place is decided at acceptance, and only for the eligible")
    func capped() async throws {
        let harness = try Harness()
        try await harness.openCohort(cap: .capped)
        let eligible = try await harness.submit(try await harness.register(), eligible: true)
        let other = try await harness.submit(try await harness.register())
        func accept(_ id: String, _ place: Bool?) async -> String {
            await rule { _ = try await harness.applications.acceptApplication(.init(id: id, fundedPlace: place)) }
        }
        #expect(await accept(eligible.id, nil) == "INVALID_ARGUMENT")
        #expect(await accept(other.id, true) == "NOT_ELIGIBLE")
        #expect(await accept(eligible.id, true) == "OK")
        #expect(await accept(other.id, false) == "OK")
        #expect(try await harness.applications.getApplication(.init(id: eligible.id)).fundedPlace == true)
        #expect(try await harness.applications.getApplication(.init(id: other.id)).fundedPlace == false)
    }

    @Test("two that decide at once: the second is told that the record has moved on")
    func versions() async throws {
        let harness = try Harness()
        try await harness.openCohort()
        let application = try await harness.submit(try await harness.register())
        let options = CallOptions(idempotencyKey: "reject")
        let request = EnrolmentV1.RejectApplicationRequest(id: application.id, expectedVersion: 1)
        let rejected = try await harness.applications.rejectApplication(request, options: options)
        #expect(rejected.statusReason == "rejected-by-provider")
        let error = await statusOf {
            _ = try await harness.applications.acceptApplication(.init(id: application.id, expectedVersion: 1))
        }
        #expect(error?.code == .aborted)
        #expect(try await harness.applications.rejectApplication(request, options: options) == rejected)
    }

    @Test("lists are filtered, sorted and paged; counts count")
    func lists() async throws {
        let harness = try Harness()
        try await harness.openCohort()
        var ids: [String] = []
        for index in 0..<5 {
            let programme = index.isMultiple(of: 2) ? "npq-headship" : "npq-senior-leadership"
            ids.append(try await harness.submit(try await harness.register("Person \(index)"), programme).id)
            harness.wallClock.advance(by: .seconds(1))
        }
        _ = try await harness.applications.acceptApplication(.init(id: ids[2]))
        func list(_ request: EnrolmentV1.ListApplicationsRequest) async throws -> [Int] {
            var request = request
            request.pageSize = 2
            var found: [String] = []
            repeat {
                let page = try await harness.applications.listApplications(request)
                found += page.applications.map(\.id)
                request.pageToken = page.nextPageToken
            } while !request.pageToken.isEmpty
            return try found.map { try #require(ids.firstIndex(of: $0)) }
        }
        #expect(try await list(.init()) == [4, 3, 2, 1, 0])
        #expect(try await list(.init(order: .oldest)) == [0, 1, 2, 3, 4])
        #expect(try await list(.init(order: .updated)) == [2, 4, 3, 1, 0])
        #expect(try await list(.init(programme: ["npq-headship"], cohortId: ["2017a"])) == [4, 2, 0])
        #expect(try await list(.init(approvalStatus: [.accepted])) == [2])
        #expect(try await list(.init(trainingStatus: [.active, .deferred])) == [2])
        #expect(try await list(.init(cohortId: ["2018a"])) == [])
        let counts = try await harness.applications.countApplications(.init(cohortId: "2017a")).counts
        #expect(counts == [
            .init(programme: "npq-headship", approvalStatus: .pending, applications: 2),
            .init(programme: "npq-headship", approvalStatus: .accepted, trainingStatus: .active, applications: 1),
            .init(programme: "npq-senior-leadership", approvalStatus: .pending, applications: 2),
        ])
    }
}
