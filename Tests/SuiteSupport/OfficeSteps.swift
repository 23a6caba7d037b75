package import Contracts
import Foundation
import HTTPClient
import TestSupport

/// What many tests do first: a register, a cohort, people who take part.
extension RunningSuite {
    /// The programme that tests apply for. Its versions of today need a declaration before somebody defers.
    package static let programme = "npq-senior-leadership"

    /// Imports the sample's establishments, or the first rows of them, and waits for the end.
    package func importRegister(rows: Int? = nil) async throws -> PartnershipV1.GiasImport {
        let sample = "\(Project.root)/deploy/sample/edubasealldata.csv"
        let file = try rows.map { try RegisterFile.establishments(rows: $0) }
        let opened: PartnershipV1.GiasImport = try await call(
            "POST", "/v1/gias-imports", PartnershipV1.CreateGiasImportRequest())
        let path = "/v1/gias-imports/\(opened.id)"
        let uploaded = try await send(
            HTTPRequest(
                "PUT", "\(path)/files/establishments", fields: [("Content-Type", "text/csv")],
                body: file.map { .bytes($0) } ?? .file(path: sample)),
            token: token)
        guard uploaded.isSuccess else { throw Refused(uploaded) }
        let _: PartnershipV1.GiasImport = try await call("POST", "\(path):start", PartnershipV1.StartGiasImportRequest())
        return try await poll(for: "the end of the register's import", timeout: Self.patience) {
            let now: PartnershipV1.GiasImport = try await call("GET", path)
            return [.succeeded, .failed, .cancelled].contains(now.state) ? now : nil
        }
    }

    /// Schools that somebody can work at, in the order of their names.
    package func employers(_ count: Int) async throws -> [PartnershipV1.School] {
        let found: PartnershipV1.SearchSchoolsReply = try await call(
            "GET", "/v1/schools?selectableOnly=true&pageSize=\(count)")
        return found.schools
    }

    /// Opens a cohort of this year that takes applications and acceptances now.
    package func openCohort(
        _ letter: String = "a", funding: EnrolmentV1.FundingCap = .full
    ) async throws -> EnrolmentV1.Cohort {
        let today = CommonV1.Date.today()
        return try await call(
            "POST", "/v1/cohorts",
            EnrolmentV1.OpenCohortRequest(
                id: "\(today.year)\(letter)", name: "Cohort \(letter) of \(today.year)", fundingCap: funding,
                applicationsFrom: .today(plus: -30), applicationsTo: .today(plus: 30),
                schedules: [
                    .init(
                        identifier: "npq-leadership-\(letter)", courseGroup: .leadership,
                        acceptanceFrom: .today(plus: -30), acceptanceTo: .today(plus: 60),
                        startsOn: .today(plus: 30), endsOn: .today(plus: 400))
                ],
                reason: "recruitment"))
    }

    /// Registers a person, applies for them and accepts.
    package func enrol(_ name: String, in cohort: String, school: Int64? = nil) async throws -> EnrolmentV1.Application {
        let person: EnrolmentV1.Candidate = try await call(
            "POST", "/v1/candidates", EnrolmentV1.RegisterCandidateRequest(fullName: name, schoolUrn: school))
        let submitted: EnrolmentV1.Application = try await call(
            "POST", "/v1/applications",
            EnrolmentV1.SubmitApplicationRequest(
                candidateId: person.id, programme: Self.programme, cohortId: cohort, eligibleForFunding: true))
        return try await call(
            "POST", "/v1/applications/\(submitted.id):accept", EnrolmentV1.AcceptApplicationRequest(),
            fields: [("If-Match", "\"\(submitted.version)\"")])
    }

    /// Waits until TrainingEvents has heard of these acceptances.
    package func becomeParticipants(_ applications: [EnrolmentV1.Application]) async throws {
        for application in applications {
            try await poll(until: "application \(application.id) to become a participant", timeout: Self.patience) {
                let known: TrainingEventsV1.ListParticipantsReply = try await call(
                    "GET", "/v1/participants?applicationId=\(application.id)")
                return known.participants.first?.state == .active
            }
        }
    }
}

extension CommonV1.Date {
    /// The day in London, and days after or before it.
    package static func today(plus days: Int = 0) -> Self {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: "Europe/London") ?? .gmt
        let day = calendar.date(byAdding: .day, value: days, to: .now) ?? .now
        let parts = calendar.dateComponents([.year, .month, .day], from: day)
        return Self(year: Int32(parts.year ?? 0), month: Int32(parts.month ?? 0), day: Int32(parts.day ?? 0))
    }
}

extension TrainingEventsV1.ScheduleEventRequest {
    /// An event of one part of two hours that begins so long from now.
    package static func event(
        _ title: String, in cohort: String, beginsIn wait: Duration, capacity: Int32, reason: String = "timetable"
    ) -> Self {
        let starts = Int64(Date.now.timeIntervalSince1970) + wait.components.seconds
        return Self(
            title: title, programme: RunningSuite.programme, module: "Conference 1", cohortId: cohort,
            venue: .init(name: "Online", online: true),
            parts: [
                .init(
                    number: 1, title: "All of it", startsAt: .init(seconds: starts),
                    endsAt: .init(seconds: starts + 2 * 3600))
            ],
            capacity: capacity, reason: reason)
    }
}
