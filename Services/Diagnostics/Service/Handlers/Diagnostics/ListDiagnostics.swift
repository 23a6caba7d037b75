import Contracts
import RPC
import ServiceKit

extension DiagnosticCalls {
    func listDiagnostics(
        _ request: DiagnosticsV1.ListDiagnosticsRequest, context: ServerContext
    ) async throws -> DiagnosticsV1.ListDiagnosticsReply {
        var violations = FieldViolations()
        var filter = DiagnosticFilter(
            candidates: violations.filter(request.candidateId, "candidateId"),
            applications: violations.filter(request.applicationId, "applicationId"),
            programmes: violations.filter(request.programme, "programme"),
            cohorts: violations.filter(request.cohortId, "cohortId"))
        let statuses = violations.values(request.status, "status") { DiagnosticStatus(rawValue: Int($0.rawValue)) }
        filter.statuses = Set(statuses).sorted { $0.rawValue < $1.rawValue }
        let order = request.order == .unspecified ? .newest : DiagnosticOrder(rawValue: Int(request.order.rawValue))
        violations.require(order != nil, "order", "must be an order that this release knows")
        filter.order = order ?? .newest
        let pageSize = violations.pageSize(request.pageSize, standard: 20, most: 100)
        try violations.throwIfAny()
        let page = try await store.diagnostics(filter, pageSize: pageSize, token: request.pageToken)
        return .init(diagnostics: page.elements.map { .init($0) }, nextPageToken: page.nextToken)
    }
}
