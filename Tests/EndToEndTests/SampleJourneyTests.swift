import ChildProcess
import Contracts
import Foundation
import HTTPClient
import SuiteSupport
import TestSupport
import Testing

@Suite("The sample, from an empty folder to partners with members")
struct SampleJourneyTests {
    private typealias Date = CommonV1.Date

    @Test("is imported, searched, and given a partner with members, all over HTTP")
    func overHTTP() async throws {
        try await RunningSuite.with(["--sample", "\(Project.root)/deploy/sample"]) { suite in
            #expect(suite.log("up").contains("13 partners"))
            try await searched(suite)
            let partner = try await registered(suite)
            try await membersAdded(suite, to: partner)
            try await edited(suite, partner)
            try await recorded(suite, partner)
            try await seenByOlp(suite)
        }
    }

    private func searched(_ suite: RunningSuite) async throws {
        let found: PartnershipV1.SearchSchoolsReply = try await suite.call(
            "GET", "/v1/schools?query=oldham&selectableOnly=true&pageSize=5")
        #expect(found.schools.count == 5)
        #expect(found.schools.allSatisfy { $0.selectable })
        #expect(!found.nextPageToken.isEmpty)
        // 1,200 rows, of which the pages give every one once.
        var urns: [Int64] = []
        var page = ""
        repeat {
            let reply: PartnershipV1.SearchSchoolsReply = try await suite.call(
                "GET", "/v1/schools?pageSize=100&pageToken=\(HTTPRequest.encoded(page))")
            urns += reply.schools.map(\.urn)
            page = reply.nextPageToken
        } while !page.isEmpty
        #expect(urns.count == 1200)
        #expect(Set(urns).count == 1200)
        let school: PartnershipV1.School = try await suite.call("GET", "/v1/schools/\(urns[0])")
        #expect(school.urn == urns[0])
    }

    private func registered(_ suite: RunningSuite) async throws -> PartnershipV1.Partner {
        let lead: PartnershipV1.SearchSchoolsReply = try await suite.call(
            "GET", "/v1/schools?query=norwich&selectableOnly=true&pageSize=1")
        let request = PartnershipV1.RegisterPartnerRequest(
            name: "Wensum Teaching School Alliance", kind: .teachingSchoolAlliance,
            leadSchoolUrn: try #require(lead.schools.first).urn, contactName: "Office",
            contactEmail: "office@wensum.example", agreementFrom: Date(year: 2017, month: 9, day: 1),
            reason: "signed")
        let partner: PartnershipV1.Partner = try await suite.call("POST", "/v1/partners", request)
        #expect(partner.name == request.name)
        #expect(partner.status == .active)
        #expect(partner.version == 1)
        let read: PartnershipV1.Partner = try await suite.call("GET", "/v1/partners/\(partner.id)")
        #expect(read == partner)
        return partner
    }

    private func membersAdded(_ suite: RunningSuite, to partner: PartnershipV1.Partner) async throws {
        let schools: PartnershipV1.SearchSchoolsReply = try await suite.call(
            "GET", "/v1/schools?query=norwich&selectableOnly=true&pageSize=3")
        let path = "/v1/partners/\(partner.id)/members"
        for school in schools.schools {
            let before = today()
            let member: PartnershipV1.PartnerMember = try await suite.call(
                "POST", path, PartnershipV1.AddPartnerMemberRequest(schoolUrn: school.urn))
            #expect(member.schoolName == school.name)
            // Absent means today in London, wherever the machine believes to be.
            #expect(member.from == before || member.from == today())
        }
        let again = try await suite.send(
            "POST", path,
            json: PartnershipV1.AddPartnerMemberRequest(schoolUrn: try #require(schools.schools.first).urn).jsonText())
        #expect(again.status == 409 || again.status == 422 || again.status == 400, "\(again.status) \(again.text)")
        let members: PartnershipV1.ListPartnerMembersReply = try await suite.call("GET", path)
        #expect(Set(members.members.map(\.schoolUrn)) == Set(schools.schools.map(\.urn)))
        let ofSchool: PartnershipV1.ListPartnersReply = try await suite.call(
            "GET", "/v1/partners?schoolUrn=\(schools.schools[0].urn)")
        #expect(ofSchool.partners.contains { $0.id == partner.id })
    }

    private func edited(_ suite: RunningSuite, _ partner: PartnershipV1.Partner) async throws {
        let edit = PartnershipV1.UpdatePartnerRequest(
            name: partner.name, status: .active, leadSchoolUrn: partner.leadSchoolUrn,
            contactName: "New office", contactEmail: partner.contactEmail, agreementFrom: partner.agreementFrom,
            notes: "moved", reason: "new office")
        let path = "/v1/partners/\(partner.id)"
        let current: PartnershipV1.Partner = try await suite.call("GET", path)
        let done: PartnershipV1.Partner = try await suite.call(
            "PUT", path, edit, fields: [("If-Match", "\"\(current.version)\"")])
        #expect(done.contactName == "New office")
        #expect(done.version == current.version + 1)
        let stale = try await suite.send(
            "PUT", path, json: edit.jsonText(), fields: [("If-Match", "\"\(current.version)\"")])
        #expect(stale.status == 412 || stale.status == 409, "\(stale.status) \(stale.text)")
    }

    private func recorded(_ suite: RunningSuite, _ partner: PartnershipV1.Partner) async throws {
        let history: PartnershipV1.ListPartnerHistoryReply = try await suite.call(
            "GET", "/v1/partners/\(partner.id)/history")
        #expect(history.entries.last?.reason == "signed")
        #expect(history.entries.contains { $0.reason == "new office" })
        #expect(history.entries.allSatisfy { $0.actor?.id.isEmpty == false })
    }

    private func seenByOlp(_ suite: RunningSuite) async throws {
        let call = try await suite.olp("call", "ListPartners", "{\"query\": \"wensum\"}", "--json")
        #expect(call.status == .exited(0), "\(call)")
        let reply = try PartnershipV1.ListPartnersReply(jsonText: call.output)
        #expect(reply.partners.map(\.name) == ["Wensum Teaching School Alliance"])

        let feed = try await suite.olp("call", "partnership", "Feed/Follow", "{\"untilNow\": true}")
        #expect(feed.status == .exited(0), "\(feed)")
        let types = feed.output.split(separator: "\n").compactMap { line in
            (try? CommonV1.FeedEvent(jsonText: String(line)))?.type
        }
        #expect(types.filter { $0 == "partner.registered" }.count == 14)

        let gateway = try await suite.olp("call", "gateway", "GET", "/v1/partners?pageSize=1")
        #expect(gateway.status == .exited(0), "\(gateway)")

        let unknown = try await suite.olp("call", "GetSchool", "{\"urn\": \"999999\"}")
        #expect(unknown.status == .exited(64 + 5), "\(unknown)")
        #expect(unknown.error.contains("NOT_FOUND"))

        let sample = try await suite.olp("sample")
        #expect(sample.status == .exited(1))
        #expect(sample.error.contains("holds data already"))

        // The same files again: nothing is new, and nothing is counted as a change.
        let again = try await suite.olp("import", "gias", "\(Project.root)/deploy/sample/edubasealldata.csv", "--json")
        #expect(again.status == .exited(0), "\(again)")
        let done = try PartnershipV1.GiasImport(jsonText: again.output)
        let file = try #require(done.files.first)
        #expect((file.rowsRead, file.inserted, file.updated) == (1200, 0, 0))
    }

    private func today() -> Date {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: "Europe/London")!
        let parts = calendar.dateComponents([.year, .month, .day], from: .now)
        return Date(year: Int32(parts.year!), month: Int32(parts.month!), day: Int32(parts.day!))
    }
}
