import Contracts
import RPC

extension OverviewsService {
    func getCohortOverview(
        _ request: GatewayV1.GetOverviewRequest, context: ServerContext
    ) async throws -> GatewayV1.CohortOverview {
        let parts = aggregation(context)
        let services = services
        let id = request.id
        let coming = nextEvents(cohort: id)
        async let applications = parts.part("applications", of: .enrolment) {
            try await services.applications.countApplications(.init(cohortId: id))
        }
        async let events = parts.part("events", of: .trainingEvents) {
            try await services.events.countEvents(.init(cohortId: id))
        }
        async let diagnostics = parts.part("diagnostics", of: .diagnostics) {
            try await services.diagnostics.countDiagnostics(.init(cohortId: id))
        }
        async let next = parts.part("nextEvents", of: .trainingEvents) {
            try await services.events.listEvents(coming)
        }
        let (cohort, question) = try await parts.question("cohort", of: .enrolment) {
            try await services.catalogue.getCohort(.init(id: id))
        }
        return await GatewayV1.CohortOverview(
            cohort: cohort, applications: applications.reply?.counts ?? [], events: events.reply?.counts ?? [],
            diagnostics: diagnostics.reply?.counts ?? [], nextEvents: next.reply?.events ?? [],
            parts: [question, applications.report, events.report, diagnostics.report, next.report])
    }
}
