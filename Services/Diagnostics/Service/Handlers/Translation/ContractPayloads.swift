import Contracts
import ServiceKit

/// Writes events' payloads as the messages of the contracts.
struct ContractPayloads: EventPayloads {
    func diagnostic(_ diagnostic: Diagnostic) -> EventPayload {
        EventPayload(DiagnosticsV1.DiagnosticChanged(diagnostic: .init(diagnostic)))
    }
}
