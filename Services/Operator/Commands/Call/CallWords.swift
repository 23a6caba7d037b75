import ServiceKit

/// What stands after `olp call`: `[PROCESS] METHOD [JSON]`, or `gateway VERB PATH [JSON]`.
package enum CallWords: Hashable, Sendable {
    case rpc(process: String?, method: String, request: String)
    case http(verb: String, target: String, body: String?)

    package init(_ words: [String]) throws(Failure) {
        var rest = words[...]
        let usage = "Write: olp call SERVICE/METHOD JSON, or olp call gateway GET /v1/…"
        guard let first = rest.first else { throw Failure(.usage, "no method is named", advice: usage) }
        if first == SuitePlan.gateway {
            rest.removeFirst()
            guard let verb = rest.popFirst(), let target = rest.popFirst(), target.hasPrefix("/"), rest.count <= 1
            else {
                throw Failure(.usage, "the gateway is called with a verb and a path", advice: usage)
            }
            self = .http(verb: verb.uppercased(), target: target, body: rest.first)
            return
        }
        let process = Replica(name: first) == nil ? nil : rest.popFirst()
        guard let method = rest.popFirst() else { throw Failure(.usage, "no method is named", advice: usage) }
        guard rest.count <= 1 else {
            throw Failure(
                .usage, "\"\(rest.last ?? "")\" is one word too many", advice: "Put the JSON between quotes: '{…}'")
        }
        self = .rpc(process: process, method: method, request: rest.first ?? "{}")
    }
}

/// An argument that is text itself, `@file`, or `-` for standard input.
enum ArgumentText {
    /// Largest text that is read; no request is as large.
    static let limit = 64 << 20

    static func read(_ argument: String, _ surroundings: Surroundings) throws(Failure) -> [UInt8] {
        let path: String
        switch argument {
        case "-": path = "/dev/stdin"
        case _ where argument.hasPrefix("@"): path = surroundings.absolute(String(argument.dropFirst()))
        default: return Array(argument.utf8)
        }
        do throws(FileFailure) {
            return try SystemFile.read(path, limit: limit)
        } catch {
            throw Failure(.usage, "cannot read the request: \(error)")
        }
    }
}
