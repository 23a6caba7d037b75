import Contracts
import RPC
import ServiceKit

enum StatusDetailsFields {
    /// The fields that an INVALID_ARGUMENT names.
    static func names(_ error: RPCError) -> [String]? {
        StatusDetails.first(GoogleRPC.BadRequest.self, in: error)?.fieldViolations.map(\.field)
    }
}
