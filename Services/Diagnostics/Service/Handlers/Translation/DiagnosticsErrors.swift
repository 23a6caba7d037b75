import Contracts
import RPC
import ServiceKit
import Values

/// The status that each refusal of the rules is told as.
enum DiagnosticsErrors {
    /// Runs what is asked of a diagnostic and translates what it was refused for.
    static func translate<Value>(_ id: UUIDv7, _ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let refusal as DiagnosticsRefusal {
            throw status(refusal, id)
        } catch let missing as DiagnosticNotFound {
            throw RPCError.notFound("diagnostic", missing.id.text)
        }
    }

    static func status(_ refusal: DiagnosticsRefusal, _ id: UUIDv7) -> RPCError {
        switch refusal {
        case .invalid(let faults):
            var violations = FieldViolations()
            for fault in faults { violations.add(fault.field, fault.message) }
            return violations.error ?? RPCError(.invalidArgument, "The request cannot be carried out.")
        case .isSubmitted:
            return RPCError(
                .failedPrecondition, "The diagnostic is submitted. Its answers can be read, and not changed any more.",
                reason: "DIAGNOSTIC_SUBMITTED")
        case .isClosed:
            return RPCError(
                .failedPrecondition,
                "The diagnostic is closed, because the participant has left. It opens again when the training resumes.",
                reason: "DIAGNOSTIC_CLOSED")
        case .unanswered(let missing, let items):
            return RPCError(
                .failedPrecondition,
                "Items without an answer: \(missing) of \(items). Answer each, by a point of the scale or \"cannot say\".",
                reason: "ITEMS_UNANSWERED", metadata: ["missing": "\(missing)", "items": "\(items)"])
        case .notSubmitted:
            return RPCError(
                .failedPrecondition, "There is no profile yet: the diagnostic is not submitted.",
                reason: "DIAGNOSTIC_NOT_SUBMITTED")
        case .versionIsOld(let expected, let actual):
            return RPCError.staleVersion("diagnostic", id.text, expected: expected, found: actual)
        }
    }
}
