import HTTPTypes
import Hummingbird
import Logging
import RPC
import ServiceKit
import Values

/// Answers every request, or says as a problem why not. It throws nothing.
struct GatewayResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    let parts: GatewayParts

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        let start = ContinuousClock.now
        parts.metrics.active.add(1)
        defer { parts.metrics.active.add(-1) }
        let exchange = Exchange(request, traceIDs: parts.traceIDs) { "\(parts.identifiers.next())" }
        let match = parts.table.match(verb: exchange.head.method.rawValue, path: exchange.path)
        var problem: Problem?
        var response: Response
        var caller: Caller?
        do {
            response = try await answer(exchange, match, by: &caller)
        } catch {
            let shown = Self.problem(error)
            problem = shown
            response = Reply.problem(shown, path: exchange.path, requestID: exchange.requestID)
        }
        if let caller, let audit = parts.audit, case .route(let route, _) = match, route.mayChange {
            await audit.add(exchange, caller, status: response.status.code)
        }
        response.headers[.requestID] = exchange.requestID
        if exchange.body.hasRest { response.headers[.connection] = "close" }
        if exchange.head.method == .head { response = Reply.withoutBody(response) }
        log(exchange, match, response, problem, after: start.duration(to: .now))
        return response
    }

    /// - Parameter asking: who makes the request, once that is known and they may.
    private func answer(
        _ exchange: Exchange, _ match: RouteTable.Match, by asking: inout Caller?
    ) async throws -> Response {
        guard exchange.head.path?.utf8.count ?? 0 <= GatewayLimits.maximumTargetBytes else {
            throw Problem(.targetTooLong, "Path and query may have at most \(GatewayLimits.maximumTargetBytes) bytes.")
        }
        try exchange.requireHost()
        if case .route(let route, _) = match, route.isOpen { return try open(route, exchange) }
        let caller = try await authenticated(exchange)
        try await requirePace(caller)
        asking = caller
        switch match {
        case .unknown:
            throw Problem(.routeUnknown, "There is no such address here; /openapi.json lists them.")
        case .otherVerbs(let verbs):
            var problem = Problem(.methodNotAllowed, "This address takes \(verbs.joined(separator: ", ")).")
            problem.allowed = verbs
            throw problem
        case .route(let route, let values):
            return try await guarded(route, values, exchange, caller)
        }
    }

    private func requirePace(_ caller: Caller) async throws(Problem) {
        guard let wait = await parts.limiter?.wait(for: caller.id) else { return }
        var problem = Problem(
            .status(.resourceExhausted, isConditional: false),
            "This token makes more requests than the gateways' rate-limit allows. Wait a little.")
        problem.retryAfter = max(1, Int((wait / .seconds(1)).rounded(.up)))
        throw problem
    }

    private func authenticated(_ exchange: Exchange) async throws(Problem) -> Caller {
        switch await parts.bearer.outcome(authorization: exchange.values(.authorization)) {
        case .caller(let caller): return caller
        case .missing:
            throw Problem(
                .tokenMissing,
                "Send the field Authorization: Bearer TOKEN. The token is in the gateway's token file. "
                    + "/openapi.json describes the interface and needs none.")
        case .wrong:
            throw Problem(
                .tokenWrong, "The token is neither the one in the gateway's token file nor a registered one that is still good.")
        case .unavailable:
            throw Problem(
                .status(.unavailable, isConditional: false), "Whether the token is good cannot be seen now. Try again soon.")
        }
    }

    private func open(_ route: Route, _ exchange: Exchange) throws(Problem) -> Response {
        try QueryParameters(exchange.query).refuseOthers(than: [])
        return FixedPages.answer(route.endpoint, parts.readiness)
    }

    private func guarded(
        _ route: Route, _ values: [String: Substring], _ exchange: Exchange, _ caller: Caller
    ) async throws -> Response {
        switch route.endpoint {
        case .method(let entry, let http):
            try exchange.requireAcceptance(of: Reply.json)
            return try await MethodForwarding(entry: entry, http: http, parts: parts)
                .answer(exchange, values, caller)
        case .uploadFile(let kind):
            try exchange.requireAcceptance(of: Reply.json)
            return try await upload(kind, values, exchange, caller)
        case .watchImport(let kind):
            try exchange.requireAcceptance(of: Reply.eventStream)
            return try await watch(kind, values, exchange, caller)
        case .watchChanges:
            try exchange.requireAcceptance(of: Reply.eventStream)
            return try await ChangeWatch(parts: parts).answer(exchange, caller)
        case .status:
            try exchange.requireAcceptance(of: Reply.json)
            return try await StatusPage(parts: parts).answer(exchange, caller)
        case .index, .openAPI, .live, .ready:
            try QueryParameters(exchange.query).refuseOthers(than: [])
            return FixedPages.answer(route.endpoint, parts.readiness)
        }
    }

    private func upload<Kind: ImportKind>(
        _ kind: Kind.Type, _ values: [String: Substring], _ exchange: Exchange, _ caller: Caller
    ) async throws -> Response {
        try await FileUpload<Kind>(parts: parts).answer(exchange, values, caller)
    }

    private func watch<Kind: ImportKind>(
        _ kind: Kind.Type, _ values: [String: Substring], _ exchange: Exchange, _ caller: Caller
    ) async throws -> Response {
        try await ImportWatch<Kind>(parts: parts).answer(exchange, values, caller)
    }

    private static func problem(_ error: any Error) -> Problem {
        switch error {
        case let problem as Problem: problem
        case let error as RPCError: Problem(error, isConditional: false)
        case is CancellationError: Problem(.status(.cancelled, isConditional: false), "The request was cancelled.")
        default:
            Problem(
                .status(.internal, isConditional: false),
                "The gateway failed in a way it did not foresee. Its log has more under the request id.", cause: error)
        }
    }

    private func log(
        _ exchange: Exchange, _ match: RouteTable.Match, _ response: Response, _ problem: Problem?,
        after duration: Duration
    ) {
        var pattern = "none"
        var isProbe = false
        if case .route(let route, _) = match {
            pattern = route.pattern.text
            isProbe = pattern == "/livez" || pattern == "/readyz"
        }
        let status = response.status.code
        let method = exchange.head.method.rawValue
        parts.metrics.answered(method, route: pattern, status: status, after: duration)
        let level: Logger.Level = status == 500 ? .error : status >= 500 ? .warning : isProbe ? .debug : .info
        guard parts.logger.logLevel <= level else { return }
        var fields: Logger.Metadata = [
            "http.method": "\(method)", "http.route": "\(pattern)", "http.status": .stringConvertible(status),
            "http.ms": .stringConvertible((duration / .microseconds(1)).rounded() / 1000),
            "request.id": "\(exchange.requestID)", TraceLogs.key: "\(exchange.trace.traceID)",
        ]
        if let problem { fields["problem.code"] = "\(problem.facts.code)" }
        if status >= 500, let cause = problem?.cause { fields["error.cause"] = "\(cause)" }
        parts.logger.log(level: level, "request answered", metadata: fields)
    }
}
