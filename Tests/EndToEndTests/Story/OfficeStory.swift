import Contracts
import HTTPClient
import SuiteSupport
import TestSupport
import Testing

/// A provider's year in one sitting: each method is a step, in the order in which they are told.
struct OfficeStory {
    let suite: RunningSuite
    let changes: ChangeListener

    /// The first two are the partner's members.
    var schools: [PartnershipV1.School] = []
    var partner = PartnershipV1.Partner()
    var cohort = EnrolmentV1.Cohort()
    /// By first name.
    var people: [String: EnrolmentV1.Candidate] = [:]
    var applications: [String: EnrolmentV1.Application] = [:]
    var conference = TrainingEventsV1.Event()
    var workshop = TrainingEventsV1.Event()
    var diagnostic = DiagnosticsV1.Diagnostic()

    init(_ suite: RunningSuite, _ changes: ChangeListener) {
        self.suite = suite
        self.changes = changes
    }

    // MARK: Schools and partners

    mutating func theRegisterIsImported() async throws {
        let done = try await suite.importRegister()
        #expect(done.state == .succeeded, "\(done.failure)")
        #expect(done.files.first?.inserted == 1200)
        schools = try await suite.employers(3)
        #expect(schools.count == 3)
    }

    mutating func aPartnerJoinsWithMembers() async throws {
        partner = try await suite.call(
            "POST", "/v1/partners",
            PartnershipV1.RegisterPartnerRequest(
                name: "Wensum Teaching School Hub", kind: .teachingSchoolHub, leadSchoolUrn: schools[0].urn,
                agreementFrom: .today(plus: -100), reason: "signed"))
        for school in schools.prefix(2) {
            let _: PartnershipV1.PartnerMember = try await suite.call(
                "POST", "/v1/partners/\(partner.id)/members",
                PartnershipV1.AddPartnerMemberRequest(schoolUrn: school.urn, from: .today(plus: -90)))
        }
        try await changes.hears("partner.registered", of: partner.id)
        try await changes.hears("partner.member-added")
    }

    // MARK: Applications

    mutating func aCohortOpens() async throws {
        cohort = try await suite.openCohort("b", funding: .capped)
        #expect(cohort.fundingCap == .capped)
    }

    mutating func applicationsAreImportedFromAFile() async throws {
        let file = applicationFile([
            ("A-1", "Amina", "Hussain", "1234561", schools[0]), ("A-2", "Ben", "Okafor", "1234562", schools[0]),
            ("A-3", "Carys", "Lloyd", "1234563", schools[1]), ("A-4", "Nobody", "", "1234564", schools[1]),
        ])
        let rehearsal = try await imported(file, dryRun: true)
        #expect((rehearsal.rowsRead, rehearsal.created, rehearsal.rejected) == (4, 3, 1))
        let none: EnrolmentV1.ListApplicationsReply = try await suite.call(
            "GET", "/v1/applications?cohortId=\(cohort.id)")
        #expect(none.applications.isEmpty, "a dry run writes nothing")

        let done = try await imported(file, dryRun: false)
        #expect((done.rowsRead, done.created, done.rejected) == (4, 3, 1))
        let rows: EnrolmentV1.ListRowResultsReply = try await suite.call(
            "GET", "/v1/application-imports/\(done.id)/rows")
        #expect(rows.results.map(\.reference) == ["A-1", "A-2", "A-3", "A-4"])
        #expect(rows.results.last?.outcome == .rejected)
        for row in rows.results.dropLast() {
            let person: EnrolmentV1.Candidate = try await suite.call("GET", "/v1/candidates/\(row.candidateId)")
            let name = person.fullName.split(separator: " ").first.map(String.init) ?? ""
            people[name] = person
            applications[name] = try await suite.call("GET", "/v1/applications/\(row.applicationId)")
        }
        #expect(people.keys.sorted() == ["Amina", "Ben", "Carys"])
        #expect(applications.values.allSatisfy { $0.approvalStatus == .pending && $0.eligibleForFunding })
    }

    private func imported(_ file: String, dryRun: Bool) async throws -> EnrolmentV1.ApplicationImport {
        let opened: EnrolmentV1.ApplicationImport = try await suite.call(
            "POST", "/v1/application-imports",
            EnrolmentV1.CreateApplicationImportRequest(cohortId: cohort.id, dryRun: dryRun))
        let path = "/v1/application-imports/\(opened.id)"
        let uploaded = try await suite.send(
            HTTPRequest(
                "PUT", "\(path)/file?name=applications.csv", fields: [("Content-Type", "text/csv")],
                body: .bytes(Array(file.utf8))),
            token: suite.token)
        #expect(uploaded.isSuccess, "\(uploaded.text)")
        let _: EnrolmentV1.ApplicationImport = try await suite.call(
            "POST", "\(path):start", EnrolmentV1.StartApplicationImportRequest())
        let done = try await poll(for: "the end of the import", timeout: RunningSuite.patience) {
            let now: EnrolmentV1.ApplicationImport = try await suite.call("GET", path)
            return [.succeeded, .failed, .cancelled].contains(now.state) ? now : nil
        }
        #expect(done.state == .succeeded, "\(done.failure)")
        return done
    }

    private func applicationFile(
        _ rows: [(reference: String, first: String, last: String, trn: String, school: PartnershipV1.School)]
    ) -> String {
        let header = """
            application_id,submitted_at,cohort,programme,title,first_name,last_name,previous_last_name,email,phone,\
            date_of_birth,trn,employer_type,employer_urn,employer_group_uid,employer_name,role,funding_choice,\
            sponsor_name,sponsor_role,sponsor_email,gender,ethnicity,disability,adjustments,consent
            """
        let today = CommonV1.Date.today()
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return rows.reduce(header + "\n") { file, row in
            file + """
                \(row.reference),\(today.year)-\(two(today.month))-\(two(today.day))T09:00:00Z,\(cohort.id),NPQSL,,\
                \(row.first),\(row.last),,\(row.first.lowercased())@example.org,,1980-05-01,\(row.trn),school,\
                \(row.school.urn),,"\(row.school.name)",Assistant Headteacher,,Head,Headteacher,\
                head@example.org,,,,,yes

                """
        }
    }

    mutating func othersApplySingly() async throws {
        for (name, isEligible) in [("Dev", true), ("Elin", false)] {
            let person: EnrolmentV1.Candidate = try await suite.call(
                "POST", "/v1/candidates", EnrolmentV1.RegisterCandidateRequest(fullName: "\(name) Wensum"))
            people[name] = person
            applications[name] = try await suite.call(
                "POST", "/v1/applications",
                EnrolmentV1.SubmitApplicationRequest(
                    candidateId: person.id, programme: RunningSuite.programme, cohortId: cohort.id,
                    eligibleForFunding: isEligible, partnerId: partner.id))
        }
        try await changes.hears("application.submitted", of: applications["Dev"]?.id)
    }

    func theRulesRefuseWhatTheyShould() async throws {
        let (dev, elin) = try (application("Dev"), application("Elin"))
        let twice = EnrolmentV1.SubmitApplicationRequest(
            candidateId: dev.candidateId, programme: RunningSuite.programme, cohortId: cohort.id)
        #expect(try await suite.refusal("POST", "/v1/applications", twice).contains("OTHER_APPLICATION_OPEN"))
        let unsaid = try await suite.refusal(
            "POST", "/v1/applications/\(dev.id):accept", EnrolmentV1.AcceptApplicationRequest(), fields: version(dev))
        #expect(unsaid.contains("fundedPlace") && unsaid.contains("capped"), "\(unsaid)")
        let unpaid = try await suite.refusal(
            "POST", "/v1/applications/\(elin.id):accept", EnrolmentV1.AcceptApplicationRequest(fundedPlace: true),
            fields: version(elin))
        #expect(unpaid.contains("NOT_ELIGIBLE"), "\(unpaid)")
    }

    mutating func fourAreAcceptedAndOneIsRejected() async throws {
        for (name, isFunded) in [("Amina", true), ("Ben", false), ("Carys", true), ("Dev", true)] {
            let application = try application(name)
            applications[name] = try await suite.call(
                "POST", "/v1/applications/\(application.id):accept",
                EnrolmentV1.AcceptApplicationRequest(fundedPlace: isFunded), fields: version(application))
        }
        let elin = try application("Elin")
        applications["Elin"] = try await suite.call(
            "POST", "/v1/applications/\(elin.id):reject", EnrolmentV1.RejectApplicationRequest(reason: "no sponsor"),
            fields: version(elin))
        let accepted = applications.values.filter { $0.approvalStatus == .accepted }
        #expect(accepted.count == 4)
        let again = try await suite.refusal(
            "POST", "/v1/applications/\(elin.id):accept", EnrolmentV1.AcceptApplicationRequest(fundedPlace: false),
            fields: version(try application("Elin")))
        #expect(again.contains("WRONG_APPROVAL_STATUS"), "\(again)")
        try await suite.becomeParticipants(Array(accepted))
        try await changes.hears("application.accepted", of: applications["Dev"]?.id)
    }

    // MARK: What steps share

    func application(_ name: String) throws -> EnrolmentV1.Application { try #require(applications[name]) }
    func person(_ name: String) throws -> EnrolmentV1.Candidate { try #require(people[name]) }

    func version(_ application: EnrolmentV1.Application) -> [(name: String, value: String)] {
        [(name: "If-Match", value: "\"\(application.version)\"")]
    }
}
