/// How a call ended, by gRPC's codes and numbers.
///
/// The library makes only the codes marked so; a caller who sees one of the others knows that a handler chose it.
package enum StatusCode: UInt8, CaseIterable, Hashable, Sendable {
    case ok = 0
    /// The caller cancelled. (library)
    case cancelled = 1
    /// The handler threw something that is no status. (library)
    case unknown = 2
    /// Wrong whatever the state of the system is. Correct the request.
    case invalidArgument = 3
    /// The time was up, even if the work was done. (library)
    case deadlineExceeded = 4
    case notFound = 5
    case alreadyExists = 6
    /// The caller is known and may not do this.
    case permissionDenied = 7
    /// A limit was reached: message size, calls at once, quota. (library)
    case resourceExhausted = 8
    /// The state has to be changed first; the same request does not help.
    case failedPrecondition = 9
    /// Somebody else was quicker. Read again, then try again.
    case aborted = 10
    case outOfRange = 11
    /// No such method here, or another number of messages than it takes. (library)
    case unimplemented = 12
    /// A message could not be parsed, or an invariant broke. (library)
    case `internal` = 13
    /// The service is not there now. Try again later, if the call is idempotent or has a key. (library)
    case unavailable = 14
    case dataLoss = 15
    /// Credentials are missing or wrong. (library)
    case unauthenticated = 16

    /// As people write it: "NOT_FOUND".
    package var name: String {
        switch self {
        case .ok: "OK"
        case .cancelled: "CANCELLED"
        case .unknown: "UNKNOWN"
        case .invalidArgument: "INVALID_ARGUMENT"
        case .deadlineExceeded: "DEADLINE_EXCEEDED"
        case .notFound: "NOT_FOUND"
        case .alreadyExists: "ALREADY_EXISTS"
        case .permissionDenied: "PERMISSION_DENIED"
        case .resourceExhausted: "RESOURCE_EXHAUSTED"
        case .failedPrecondition: "FAILED_PRECONDITION"
        case .aborted: "ABORTED"
        case .outOfRange: "OUT_OF_RANGE"
        case .unimplemented: "UNIMPLEMENTED"
        case .internal: "INTERNAL"
        case .unavailable: "UNAVAILABLE"
        case .dataLoss: "DATA_LOSS"
        case .unauthenticated: "UNAUTHENTICATED"
        }
    }
}
