import RPCZeroMQ
import ServiceKit

/// Which keys the two processes of a benchmark have, if their calls are to be encrypted.
struct BenchKeys {
    static let server = "bench"
    static let caller = "bench-caller"

    /// Folder with what `olp keys make` wrote for both; nil: plain tcp, for there is nothing worth hiding.
    let folder: String?

    func policy(of name: String) throws(Failure) -> SecurityPolicy {
        guard let folder else { return .plainTCP }
        do {
            let list = "\(folder)/known.keys"
            return try ProcessSecurity.policy(keyFile: "\(folder)/\(name).key", callers: list, services: list)
        } catch {
            throw Failure(
                .failure, "\(error)",
                advice: "Make both keys: olp keys make \(Self.server) --folder \(folder); "
                    + "olp keys make \(Self.caller) --folder \(folder)")
        }
    }
}
