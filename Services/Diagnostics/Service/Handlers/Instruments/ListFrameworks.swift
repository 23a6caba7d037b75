import Contracts
import RPC

extension InstrumentCalls {
    func listFrameworks(
        _ request: DiagnosticsV1.ListFrameworksRequest, context: ServerContext
    ) async throws -> DiagnosticsV1.ListFrameworksReply {
        .init(frameworks: catalogue.frameworks.map { .init($0) })
    }
}
