import Contracts
import ProtoJSON
import RPC
import ServiceKit

extension Problem {
    /// What a caller over HTTP is told of a service's status.
    init(_ error: RPCError, isConditional: Bool) {
        self.init(.status(error.code, isConditional: isConditional), Self.detail(of: error), cause: error.cause)
        if let violations = StatusDetails.first(GoogleRPC.BadRequest.self, in: error)?.fieldViolations {
            errors = violations.map { FieldError(field: $0.field, detail: $0.description, reason: $0.reason) }
        }
        // The rule that stands against it is a reason too.
        reason = StatusDetails.first(GoogleRPC.ErrorInfo.self, in: error)?.reason
            ?? StatusDetails.first(GoogleRPC.PreconditionFailure.self, in: error)?.violations.first?.type ?? ""
        retryAfter = Self.retryAfter(error)
        if cause == nil, facts.status >= 500 { cause = error }
    }

    /// What went wrong inside is for the log.
    private static func detail(of error: RPCError) -> String {
        switch error.code {
        case .ok, .unknown, .internal, .dataLoss:
            "A service failed in a way it did not foresee. Its log has more under the request id."
        case .unavailable where StatusDetails.first(GoogleRPC.ErrorInfo.self, in: error) == nil:
            "The service that answers this is not there at the moment. Try again soon."
        default: error.message
        }
    }

    private static func retryAfter(_ error: RPCError) -> Int? {
        if let pushback = error.pushback, pushback >= .zero {
            return max(1, Int((pushback / .seconds(1)).rounded(.up)))
        }
        return error.code == .unavailable ? 1 : nil
    }

    /// What is wrong with a JSON text.
    /// - Parameter hasPlace: whether line and column mean something to whoever sent it.
    init(_ error: JSONError, hasPlace: Bool) {
        var field = FieldError(field: error.path, detail: error.message)
        var place = ""
        if hasPlace {
            field.line = error.line
            field.column = error.column
            place = " (line \(error.line), column \(error.column))"
        }
        let subject = error.path.isEmpty ? (hasPlace ? "The body" : "The request") : error.path
        self.init(
            .status(.invalidArgument, isConditional: false), "\(subject): \(error.message)\(place)", errors: [field])
    }

    /// A request that says something that cannot be.
    static func invalid(_ field: String, _ detail: String) -> Problem {
        Problem(
            .status(.invalidArgument, isConditional: false), "\(field) \(detail).",
            errors: [FieldError(field: field, detail: detail)])
    }
}
