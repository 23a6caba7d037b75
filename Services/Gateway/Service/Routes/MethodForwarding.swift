import Contracts
import HTTPTypes
import Hummingbird
import RPC

/// A request that becomes one call of a unary method.
struct MethodForwarding {
    let entry: MethodEntry
    let http: HTTPRoute
    let parts: GatewayParts

    func answer(_ exchange: Exchange, _ values: [String: Substring], _ caller: Caller) async throws -> Response {
        let time = try exchange.time(limit: parts.limits.requestTime)
        let query = try QueryParameters(exchange.query)
        let version = try Precondition.version(exchange.values(.ifMatch), entry)
        let body = http.body == nil ? [] : try await exchange.body.json(parts.limits)
        try Precondition.requireVersion(version, body: body, entry)
        let request = try RequestMessage(entry: entry, route: http, pathValues: values)
            .encoded(query: query, body: body, version: version)
        let key = entry.descriptor.idempotency == .noSideEffects ? nil : try exchange.idempotencyKey()
        let channel = try parts.targets.channel(for: entry.descriptor)
        let scope = exchange.scope(caller, deadline: .after(time))
        let reply: [UInt8]
        do {
            reply = try await CallScope.$current.withValue(scope) {
                try await channel.rawUnary(entry.descriptor, request, CallOptions(idempotencyKey: key))
            }
        } catch let error as RPCError {
            throw Problem(error, isConditional: version != nil)
        }
        let json = try entry.replyToJSON(reply, includeDefaults: true)
        var response = Reply.bytes(json, type: Reply.json)
        if let tag = Precondition.entityTag(ofReply: json, entry) { response.headers[.eTag] = tag }
        return response
    }
}
