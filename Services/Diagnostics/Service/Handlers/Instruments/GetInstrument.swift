import Contracts
import RPC
import ServiceKit

extension InstrumentCalls {
    func getInstrument(
        _ request: DiagnosticsV1.GetInstrumentRequest, context: ServerContext
    ) async throws -> DiagnosticsV1.Instrument {
        var violations = FieldViolations()
        violations.require(request.version >= 0, "version", "must not be negative")
        try violations.throwIfAny()
        let found = request.version == 0
            ? catalogue.newest(request.id)
            : catalogue.instrument(InstrumentKey(id: request.id, version: Int(request.version)))
        guard let found else {
            let version = request.version == 0 ? "" : " version \(request.version)"
            throw RPCError.notFound("instrument", request.id + version)
        }
        return DiagnosticsV1.Instrument(found)
    }
}
