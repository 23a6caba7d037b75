import Contracts
import RPC
import ServiceKit
import Values

/// The status that each refusal of the rules is told as.
enum EnrolmentErrors {
    /// Runs a change and translates what it was refused for.
    static func translate<Value>(_ id: String, _ change: () async throws -> Value) async throws -> Value {
        do {
            return try await change()
        } catch let refusal as EnrolmentRefusal {
            throw status(refusal, id)
        } catch let missing as RecordNotFound {
            switch missing {
            case .cohort(let id): throw RPCError.notFound("cohort", id)
            case .candidate(let id): throw RPCError.notFound("candidate", id.text)
            case .application(let id): throw RPCError.notFound("application", id.text)
            }
        }
    }

    static func status(_ refusal: EnrolmentRefusal, _ id: String) -> RPCError {
        switch refusal {
        case .invalid(let faults):
            var violations = FieldViolations()
            for fault in faults { violations.add(fault.field, fault.message) }
            return violations.error ?? RPCError(.invalidArgument, "The request cannot be carried out.")
        case .idInUse(let message):
            return RPCError(.alreadyExists, message, reason: "ID_IN_USE")
        case .precondition(let rule, let subject, let message):
            return RPCError(.failedPrecondition, message, with: GoogleRPC.PreconditionFailure(
                violations: [.init(type: rule, subject: subject, description: message)]))
        case .versionIsOld(let kind, let expected, let actual):
            return RPCError.staleVersion(kind, id, expected: expected, found: actual)
        }
    }

    static func cohort(_ text: String) throws(RPCError) -> CohortID {
        guard let id = CohortID(text) else { throw RPCError.notFound("cohort", text) }
        return id
    }
}
