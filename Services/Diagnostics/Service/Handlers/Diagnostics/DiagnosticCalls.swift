import Contracts
import Values

/// `olp.diagnostics.v1.Diagnostics`: questionnaires of participants, from the assignment to the profile.
struct DiagnosticCalls: DiagnosticsHandlers {
    let store: DiagnosticsStore
    let wallClock: any WallClock
}
