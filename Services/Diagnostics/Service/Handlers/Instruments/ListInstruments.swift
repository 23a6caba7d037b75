import Contracts
import RPC

extension InstrumentCalls {
    func listInstruments(
        _ request: DiagnosticsV1.ListInstrumentsRequest, context: ServerContext
    ) async throws -> DiagnosticsV1.ListInstrumentsReply {
        .init(instruments: catalogue.instruments.map { instrument in
            var listed = DiagnosticsV1.Instrument(instrument)
            listed.items = []
            return listed
        })
    }
}
