import Contracts
import RPC
import ServiceKit
import Values

/// The status that each refusal of the rules is told as.
enum EventsErrors {
    /// Runs a change and translates what it was refused for.
    static func translate<Value>(_ id: String, _ change: () async throws -> Value) async throws -> Value {
        do {
            return try await change()
        } catch let refusal as EventsRefusal {
            throw status(refusal, id)
        } catch let missing as EventsNotFound {
            switch missing {
            case .event(let id): throw RPCError.notFound("event", id.text)
            case .booking(let id): throw RPCError.notFound("booking", id.text)
            case .waitingEntry(let id): throw RPCError.notFound("waiting entry", id.text)
            }
        }
    }

    static func status(_ refusal: EventsRefusal, _ id: String) -> RPCError {
        switch refusal {
        case .invalid(let faults):
            var violations = FieldViolations()
            for fault in faults { violations.add(fault.field, fault.message) }
            return violations.error ?? RPCError(.invalidArgument, "The request cannot be carried out.")
        case .precondition(let code, let message):
            return RPCError(.failedPrecondition, message, reason: code.rawValue)
        case .versionIsOld(let kind, let expected, let actual):
            return RPCError.staleVersion(kind, id, expected: expected, found: actual)
        }
    }
}
