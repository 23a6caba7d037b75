import Contracts
import RPC
import ServiceKit
import Values

extension AuditCalls {
    func listAuditEntries(
        _ request: GatewayV1.ListAuditEntriesRequest, context: ServerContext
    ) async throws -> GatewayV1.ListAuditEntriesReply {
        try owners.require(context)
        var violations = FieldViolations()
        let filter = AuditFilter(
            tokens: violations.filter(request.tokenId, "tokenId"), from: violations.instant(request.from, "from"),
            until: violations.instant(request.until, "until"))
        let pageSize = violations.pageSize(request.pageSize, standard: 100, most: 500)
        try violations.throwIfAny()
        let page = try await store.audited(filter, pageSize: pageSize, token: request.pageToken)
        return .init(
            entries: page.elements.map { entry in
                GatewayV1.AuditEntry(
                    id: entry.id.text, at: .init(microsecondsSince1970: entry.at.microseconds), tokenId: entry.tokenID,
                    verb: entry.verb, path: entry.path, status: Int32(clamping: entry.status),
                    requestId: entry.requestID)
            }, nextPageToken: page.nextToken)
    }
}
