import Contracts
import RPC

extension OverviewsService {
    func getCandidateOverview(
        _ request: GatewayV1.GetOverviewRequest, context: ServerContext
    ) async throws -> GatewayV1.CandidateOverview {
        let parts = aggregation(context)
        let services = services
        let (id, most) = (request.id, Self.mostListed)
        async let applications = parts.part("applications", of: .enrolment, isNeeded: true) {
            try await services.applications.listApplications(.init(candidateId: [id], order: .newest, pageSize: most))
        }
        async let bookings = parts.part("bookings", of: .trainingEvents, isNeeded: true) {
            try await services.bookings.listBookings(.init(candidateId: [id], pageSize: most))
        }
        async let waiting = parts.part("waiting", of: .trainingEvents, isNeeded: true) {
            try await services.bookings.listWaiting(.init(candidateId: [id], pageSize: most))
        }
        async let attendance = parts.part("attendance", of: .trainingEvents) {
            try await services.bookings.listAttendance(.init(candidateId: [id], pageSize: most))
        }
        async let diagnostics = parts.part("diagnostics", of: .diagnostics) {
            try await services.diagnostics.listDiagnostics(.init(candidateId: [id], order: .newest, pageSize: most))
        }
        let (candidate, question) = try await parts.question("candidate", of: .enrolment) {
            try await services.candidates.getCandidate(.init(id: id))
        }
        async let school = parts.part("school", of: .partnership, ids: candidate.schoolUrn.map { [$0] }) {
            try await services.schools.getSchool(.init(urn: $0[0]))
        }
        async let group = parts.part("schoolGroup", of: .partnership, ids: candidate.groupUid.map { [$0] }) {
            try await services.schools.getSchoolGroup(.init(uid: $0[0]))
        }
        let (made, booked, waited) = await (applications, bookings, waiting)
        let throughPartners = made.reply?.applications.compactMap(\.partnerId)
        async let partners = parts.part("partners", of: .partnership, ids: throughPartners, from: made.report) {
            try await services.partners.batchGetPartners(.init(ids: $0))
        }
        let named = (booked.reply?.bookings.map(\.eventId) ?? []) + (waited.reply?.entries.map(\.eventId) ?? [])
        async let events = parts.part(
            "events", of: .trainingEvents, ids: named, from: booked.report, waited.report
        ) {
            try await services.events.batchGetEvents(.init(ids: $0))
        }
        return await GatewayV1.CandidateOverview(
            candidate: candidate, school: school.reply, schoolGroup: group.reply,
            applications: made.reply?.applications ?? [], partners: partners.reply?.partners ?? [],
            bookings: booked.reply?.bookings ?? [], waiting: waited.reply?.entries ?? [],
            events: events.reply?.events ?? [], attendance: attendance.reply?.lines ?? [],
            diagnostics: diagnostics.reply?.diagnostics ?? [],
            parts: [
                question, school.report, group.report, made.report, partners.report, booked.report, waited.report,
                events.report, attendance.report, diagnostics.report,
            ])
    }
}
