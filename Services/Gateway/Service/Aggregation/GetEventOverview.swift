import Contracts
import RPC

extension OverviewsService {
    /// Lines of a register that an overview shows; the register itself has them all.
    static let mostLines = 5_000

    func getEventOverview(
        _ request: GatewayV1.GetOverviewRequest, context: ServerContext
    ) async throws -> GatewayV1.EventOverview {
        let parts = aggregation(context)
        let services = services
        let (id, most) = (request.id, Self.mostListed)
        async let bookings = parts.part("bookings", of: .trainingEvents, isNeeded: true) {
            try await services.bookings.listBookings(.init(eventId: [id], status: [.booked], pageSize: most))
        }
        async let waiting = parts.part("waiting", of: .trainingEvents, isNeeded: true) {
            try await services.bookings.listWaiting(
                .init(eventId: [id], status: [.waiting, .offered], pageSize: most))
        }
        async let register = parts.part("attendance", of: .trainingEvents) {
            try await services.bookings.getRegister(.init(eventId: id))
        }
        let (event, question) = try await parts.question("event", of: .trainingEvents) {
            try await services.events.getEvent(.init(id: id))
        }
        async let partner = parts.part("partner", of: .partnership, ids: event.partnerId.map { [$0] }) {
            try await services.partners.getPartner(.init(id: $0[0]))
        }
        async let school = parts.part("venueSchool", of: .partnership, ids: event.venue?.schoolUrn.map { [$0] }) {
            try await services.schools.getSchool(.init(urn: $0[0]))
        }
        let (booked, waited) = await (bookings, waiting)
        let people =
            (booked.reply?.bookings.map(\.candidateId) ?? []) + (waited.reply?.entries.map(\.candidateId) ?? [])
        async let candidates = parts.part(
            "candidates", of: .enrolment, ids: people, from: booked.report, waited.report
        ) {
            try await services.candidates.batchGetCandidates(.init(ids: $0))
        }
        // One for each application: that of the place, not those of earlier programmes.
        let placed = booked.reply?.bookings.map(\.applicationId)
        async let diagnostics = parts.part("diagnostics", of: .diagnostics, ids: placed, from: booked.report) {
            try await services.diagnostics.listDiagnostics(.init(applicationId: $0, pageSize: most))
        }
        let lines = await register.reply?.lines ?? []
        var attendance = await register.report
        attendance.truncated = lines.count > Self.mostLines
        return await GatewayV1.EventOverview(
            event: event, partner: partner.reply, venueSchool: school.reply, bookings: booked.reply?.bookings ?? [],
            waiting: waited.reply?.entries ?? [], candidates: candidates.reply?.candidates ?? [],
            attendance: Array(lines.prefix(Self.mostLines)), diagnostics: diagnostics.reply?.diagnostics ?? [],
            parts: [
                question, partner.report, school.report, booked.report, waited.report, candidates.report,
                attendance, diagnostics.report,
            ])
    }
}
