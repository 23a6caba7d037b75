import Contracts
import RPC

/// What a path and a verb lead to.
struct Route: Sendable {
    enum Endpoint: Sendable {
        /// A unary method, by its annotation in the proto.
        case method(MethodEntry, HTTPRoute)
        case uploadFile(any ImportKind.Type)
        case watchImport(any ImportKind.Type)
        case watchChanges
        case status
        case openAPI
        case live
        case ready
        case index
    }

    let verb: HTTPVerb
    let pattern: PathPattern
    let endpoint: Endpoint

    /// Health and the description of the interface are open; everything else needs a token.
    var isOpen: Bool {
        switch endpoint {
        case .openAPI, .live, .ready: true
        case .method, .uploadFile, .watchImport, .watchChanges, .status, .index: false
        }
    }

    /// Whether a request may change something, and so is audited.
    var mayChange: Bool {
        switch endpoint {
        case .method(let entry, _): entry.descriptor.idempotency != .noSideEffects
        case .uploadFile: true
        case .watchImport, .watchChanges, .status, .openAPI, .live, .ready, .index: false
        }
    }
}

/// All routes: those of the protos and a few that no annotation can express.
struct RouteTable: Sendable {
    enum Match {
        case route(Route, [String: Substring])
        /// The path has other verbs.
        case otherVerbs([String])
        case unknown
    }

    static let standard = RouteTable(generated(ContractCatalogue.services) + handWritten)

    private let routes: [Int: [Route]]

    init(_ routes: [Route]) {
        self.routes = Dictionary(grouping: routes) { $0.pattern.segmentCount }
    }

    /// - Parameter path: escaped, without the query.
    func match(verb: String, path: String) -> Match {
        let parts = PathPattern.split(path)
        var verbs: Set<String> = []
        for route in routes[parts.count] ?? [] {
            guard let values = route.pattern.match(parts) else { continue }
            if route.verb.rawValue == verb || (verb == "HEAD" && route.verb == .get) { return .route(route, values) }
            verbs.insert(route.verb.rawValue)
            if route.verb == .get { verbs.insert("HEAD") }
        }
        return verbs.isEmpty ? .unknown : .otherVerbs(verbs.sorted())
    }

    /// The annotated unary methods of services that the gateway forwards to.
    static func generated(_ services: [ServiceEntry]) -> [Route] {
        services.filter { Targets.name(ofService: $0.name) != nil }.flatMap(\.methods).flatMap { method in
            method.http.map { http in
                precondition(method.descriptor.kind == .unary, "\(method.descriptor) streams: it needs a route by hand")
                return Route(verb: http.verb, pattern: PathPattern(http.pattern), endpoint: .method(method, http))
            }
        }
    }

    static let handWritten: [Route] = [
        Route(
            verb: .put, pattern: PathPattern("/v1/gias-imports/{id}/files/{file}"),
            endpoint: .uploadFile(RegisterImportKind.self)),
        Route(
            verb: .get, pattern: PathPattern("/v1/gias-imports/{id}/watch"),
            endpoint: .watchImport(RegisterImportKind.self)),
        Route(
            verb: .put, pattern: PathPattern("/v1/application-imports/{id}/file"),
            endpoint: .uploadFile(ApplicationImportKind.self)),
        Route(
            verb: .get, pattern: PathPattern("/v1/application-imports/{id}/watch"),
            endpoint: .watchImport(ApplicationImportKind.self)),
        Route(verb: .get, pattern: PathPattern("/v1/changes"), endpoint: .watchChanges),
        Route(verb: .get, pattern: PathPattern("/v1/status"), endpoint: .status),
        Route(verb: .get, pattern: PathPattern("/openapi.json"), endpoint: .openAPI),
        Route(verb: .get, pattern: PathPattern("/livez"), endpoint: .live),
        Route(verb: .get, pattern: PathPattern("/readyz"), endpoint: .ready),
        Route(verb: .get, pattern: PathPattern("/"), endpoint: .index),
    ]
}
