import Contracts
import RPC
import ServiceKit
import Values

extension ApplicationImportsService {
    func listRowResults(
        _ request: EnrolmentV1.ListRowResultsRequest, context: ServerContext
    ) async throws -> EnrolmentV1.ListRowResultsReply {
        let id = try UUIDv7(request.id, of: "import")
        var violations = FieldViolations()
        var outcomes: [RowOutcome] = []
        for (index, outcome) in request.outcome.prefix(100).enumerated() {
            let known = RowOutcome(rawValue: Int(outcome.rawValue))
            violations.require(known != nil, "outcome[\(index)]", "must be an outcome that this release knows")
            if let known { outcomes.append(known) }
        }
        let pageSize = violations.pageSize(request.pageSize, standard: 100, most: 1000)
        try violations.throwIfAny()
        guard let page = try await store.results(of: id, outcomes, pageSize: pageSize, token: request.pageToken) else {
            throw RPCError.notFound("import", request.id)
        }
        return .init(results: page.elements.map { .init($0) }, nextPageToken: page.nextToken)
    }
}
