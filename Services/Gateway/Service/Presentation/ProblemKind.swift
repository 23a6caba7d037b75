import RPC

/// Every way in which a request can fail.
enum ProblemKind: Hashable, Sendable {
    /// A service's status. `isConditional`: the request named a version with If-Match.
    case status(StatusCode, isConditional: Bool)
    /// The gateway's own refusals, before any service is asked.
    case malformedRequest
    case tokenMissing
    case tokenWrong
    case routeUnknown
    case methodNotAllowed
    case notAcceptable
    case bodyTimedOut
    case versionUnknown
    case bodyTooLarge
    case targetTooLong
    case mediaTypeUnknown
    case versionRequired
    case headersTooLarge

    static let all: [ProblemKind] =
        StatusCode.allCases.flatMap { [.status($0, isConditional: false), .status($0, isConditional: true)] } + [
            .malformedRequest, .tokenMissing, .tokenWrong, .routeUnknown, .methodNotAllowed, .notAcceptable,
            .bodyTimedOut, .versionUnknown, .bodyTooLarge, .targetTooLong, .mediaTypeUnknown, .versionRequired,
            .headersTooLarge,
        ]
}

/// What HTTP makes of it.
struct ProblemFacts: Hashable, Sendable {
    let status: Int
    let code: String
    let title: String

    init(_ status: Int, _ code: String, _ title: String) {
        self.status = status
        self.code = code
        self.title = title
    }
}

extension ProblemKind {
    /// The one table in which a status of the RPC becomes a status of HTTP.
    var facts: ProblemFacts {
        switch self {
        case .status(let code, let isConditional):
            switch code {
            // Not an error; whoever made a problem of it made a mistake.
            case .ok: ProblemFacts(500, code.name, "Not an error")
            case .cancelled: ProblemFacts(499, code.name, "The request was cancelled")
            case .unknown: ProblemFacts(500, code.name, "The service failed")
            case .invalidArgument: ProblemFacts(400, code.name, "The request is not valid")
            case .deadlineExceeded: ProblemFacts(504, code.name, "The time was up")
            case .notFound: ProblemFacts(404, code.name, "Not found")
            case .alreadyExists: ProblemFacts(409, code.name, "It exists already")
            case .permissionDenied: ProblemFacts(403, code.name, "Not allowed")
            case .resourceExhausted: ProblemFacts(429, code.name, "A limit was reached")
            case .failedPrecondition: ProblemFacts(400, code.name, "Something else has to be changed first")
            case .aborted where isConditional: ProblemFacts(412, code.name, "It was changed by somebody else")
            case .aborted: ProblemFacts(409, code.name, "It was changed by somebody else")
            case .outOfRange: ProblemFacts(400, code.name, "Out of range")
            case .unimplemented: ProblemFacts(501, code.name, "Not implemented")
            case .internal: ProblemFacts(500, code.name, "The service failed")
            case .unavailable: ProblemFacts(503, code.name, "The service is not there now")
            case .dataLoss: ProblemFacts(500, code.name, "Data was lost")
            case .unauthenticated: ProblemFacts(401, code.name, "Not authenticated")
            }
        case .malformedRequest: ProblemFacts(400, "MALFORMED_REQUEST", "The request is malformed")
        case .tokenMissing: ProblemFacts(401, "UNAUTHENTICATED", "A token is needed")
        case .tokenWrong: ProblemFacts(401, "UNAUTHENTICATED", "The token is not valid")
        case .routeUnknown: ProblemFacts(404, "ROUTE_NOT_FOUND", "There is no such address")
        case .methodNotAllowed: ProblemFacts(405, "METHOD_NOT_ALLOWED", "The address does not take this method")
        case .notAcceptable: ProblemFacts(406, "NOT_ACCEPTABLE", "No acceptable form of the answer")
        case .bodyTimedOut: ProblemFacts(408, "REQUEST_TIMEOUT", "The request took too long to arrive")
        case .versionUnknown: ProblemFacts(412, "PRECONDITION_FAILED", "It was changed by somebody else")
        case .bodyTooLarge: ProblemFacts(413, "BODY_TOO_LARGE", "The body is too large")
        case .targetTooLong: ProblemFacts(414, "TARGET_TOO_LONG", "The address is too long")
        case .mediaTypeUnknown: ProblemFacts(415, "UNSUPPORTED_MEDIA_TYPE", "The body is of an unknown type")
        case .versionRequired: ProblemFacts(428, "PRECONDITION_REQUIRED", "The version that was edited is needed")
        case .headersTooLarge: ProblemFacts(431, "HEADERS_TOO_LARGE", "The header fields are too large")
        }
    }
}
