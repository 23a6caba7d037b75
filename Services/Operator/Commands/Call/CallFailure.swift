import Contracts
package import RPC
import Wire

/// A call's error, for a person at a terminal.
package enum CallFailure {
    static func describe(
        _ error: RPCError, _ method: MethodEntry, _ address: String, asJSON: Bool, _ console: Console
    ) -> Failure {
        let details = details(error)
        if asJSON {
            let object: [String: JSONValue] = [
                "code": .text(error.code.name), "message": .text(error.message),
                "details": .list(details.map { JSONValue.text($0) }),
            ]
            console.print(JSONText.encode(object))
        }
        let advice: String? =
            switch error.code {
            case .unavailable: "Is the service there? olp status (it was looked for at \(address))"
            case .deadlineExceeded: "A longer wait: --timeout SECONDS"
            case .unimplemented: "The service at \(address) has no \(method.descriptor.fullName): see olp call --list"
            case .invalidArgument: "Its fields: olp call --describe \(MethodFinder.shortName(method))"
            default: nil
            }
        let lines = ["\(error.code.name): \(error.message)"] + details.map { "  \($0)" }
        return Failure(.status(error.code.rawValue), lines.joined(separator: "\n"), advice: advice)
    }

    /// What the error carries for programs, each as JSON.
    package static func details(_ error: RPCError) -> [String] {
        guard !error.details.isEmpty, let status = try? GoogleRPC.Status(decoding: error.details) else { return [] }
        return status.details.map { $0.jsonText() }
    }
}
