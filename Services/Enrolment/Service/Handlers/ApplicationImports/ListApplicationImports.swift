import Contracts
import RPC
import ServiceKit
import Values

extension ApplicationImportsService {
    func listApplicationImports(
        _ request: EnrolmentV1.ListApplicationImportsRequest, context: ServerContext
    ) async throws -> EnrolmentV1.ListApplicationImportsReply {
        var violations = FieldViolations()
        let states = violations.values(request.state, "state") { ImportState(rawValue: Int($0.rawValue)) }
        let pageSize = violations.pageSize(request.pageSize, standard: 20, most: 100)
        try violations.throwIfAny()
        let page = try await store.applicationImports(states, pageSize: pageSize, token: request.pageToken)
        return .init(imports: page.elements.map { .init($0) }, nextPageToken: page.nextToken)
    }
}
