import Contracts
import HTTPClient
import Values

/// Reads what a season is played on.
struct GroundReader: Sendable {
    /// Partners and schools that take part; more of them make a season no livelier.
    static let mostPartners = 40
    static let mostSchools = 12

    let crew: PlayCrew

    func read() async throws -> SeasonGround {
        let today = SystemWallClock().today()
        let crew = crew
        return try await crew.ask { line in
            let programmes: EnrolmentV1.ListProgrammesReply = try await line.get("/v1/programmes?cohortYear=\(today.year)")
            return SeasonGround(
                today: today, cohorts: try await cohorts(line), programmes: programmes.programmes,
                partners: try await partners(line, today))
        }
    }

    private func cohorts(_ line: PlayLine) async throws -> Set<String> {
        var ids: Set<String> = []
        var token = ""
        repeat {
            let page: EnrolmentV1.ListCohortsReply = try await line.get(
                "/v1/cohorts?pageSize=100&pageToken=\(HTTPRequest.encoded(token))")
            ids.formUnion(page.cohorts.map(\.id))
            token = page.nextPageToken
        } while !token.isEmpty
        return ids
    }

    /// Active partners with members that can be employers; if there is none, schools of the register without a partner.
    private func partners(_ line: PlayLine, _ today: CalendarDate) async throws -> [SeasonGround.Partner] {
        let page: PartnershipV1.ListPartnersReply = try await line.get(
            "/v1/partners?status=PARTNER_STATUS_ACTIVE&pageSize=\(Self.mostPartners)")
        var partners: [SeasonGround.Partner] = []
        for partner in page.partners {
            let members: PartnershipV1.ListPartnerMembersReply = try await line.get(
                "/v1/partners/\(HTTPRequest.encoded(partner.id))/members?asOf=\(today.isoText)&pageSize=\(Self.mostSchools)")
            var schools: [SeasonGround.School] = []
            for urn in Set(members.members.map(\.schoolUrn)).sorted() {
                let school: PartnershipV1.School = try await line.get("/v1/schools/\(urn)")
                if school.selectable { schools.append(SeasonGround.School(school)) }
            }
            guard !schools.isEmpty else { continue }
            partners.append(.init(id: partner.id, trust: try await trust(partner, line), schools: schools))
        }
        guard partners.isEmpty else { return partners }
        let found: PartnershipV1.SearchSchoolsReply = try await line.get(
            "/v1/schools?selectableOnly=true&pageSize=\(Self.mostSchools * 4)")
        return found.schools.isEmpty ? [] : [.init(id: nil, schools: found.schools.map { SeasonGround.School($0) })]
    }

    private func trust(_ partner: PartnershipV1.Partner, _ line: PlayLine) async throws -> Int64? {
        guard partner.kind == .multiAcademyTrust, let uid = partner.groupUid else { return nil }
        let group: PartnershipV1.SchoolGroup = try await line.get("/v1/school-groups/\(uid)")
        return group.open ? uid : nil
    }
}

extension SeasonGround.School {
    fileprivate init(_ school: PartnershipV1.School) {
        self.init(
            urn: school.urn, name: school.name,
            // What the register has as a postcode need not be one.
            postcode: school.address.flatMap { Postcode($0.postcode) }?.text ?? "")
    }
}
