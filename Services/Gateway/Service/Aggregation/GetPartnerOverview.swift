import Contracts
import RPC
import Values

extension OverviewsService {
    func getPartnerOverview(
        _ request: GatewayV1.GetOverviewRequest, context: ServerContext
    ) async throws -> GatewayV1.PartnerOverview {
        let parts = aggregation(context)
        let services = services
        let id = request.id
        let today = wallClock.today()
        let date = CommonV1.Date(year: Int32(today.year), month: Int32(today.month), day: Int32(today.day))
        let coming = nextEvents(partner: id)
        async let applications = parts.part("applications", of: .enrolment, isNeeded: true) {
            try await services.applications.listApplications(
                .init(partnerId: [id], order: .newest, pageSize: Self.mostShown))
        }
        async let counts = parts.part("counts", of: .partnership) {
            try await services.partners.getPartnerCounts(.init(id: id, asOf: date))
        }
        async let members = parts.part("members", of: .partnership) {
            try await services.partners.listPartnerMembers(
                .init(partnerId: id, asOf: date, pageSize: Self.mostListed))
        }
        async let events = parts.part("events", of: .trainingEvents) {
            try await services.events.listEvents(coming)
        }
        let (partner, question) = try await parts.question("partner", of: .partnership) {
            try await services.partners.getPartner(.init(id: id))
        }
        let made = await applications
        let applicants = made.reply?.applications.map(\.candidateId)
        async let candidates = parts.part("candidates", of: .enrolment, ids: applicants, from: made.report) {
            try await services.candidates.batchGetCandidates(.init(ids: $0))
        }
        return await GatewayV1.PartnerOverview(
            partner: partner, counts: counts.reply, members: members.reply?.members ?? [],
            applications: made.reply?.applications ?? [], candidates: candidates.reply?.candidates ?? [],
            events: events.reply?.events ?? [],
            parts: [
                question, counts.report, members.report, made.report, candidates.report, events.report,
            ])
    }
}
