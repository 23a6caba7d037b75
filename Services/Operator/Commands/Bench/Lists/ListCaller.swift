import Contracts
import HTTPClient
import ProtoJSON
import RPC
import RPCZeroMQ
import ZeroMQ

/// Asks lists of the services themselves.
struct ListCaller: Sendable {
    private let connections: [String: ServiceConnection]
    private let options: CallOptions

    /// - Parameter endpoints: by process.
    init(endpoints: [String: String]) throws {
        var connections: [String: ServiceConnection] = [:]
        for (process, endpoint) in endpoints { connections[process] = try ServiceConnection(Endpoint(endpoint)) }
        self.connections = connections
        options = CallOptions(timeout: .seconds(30), waitForReady: true)
    }

    func close() {
        for connection in connections.values { connection.close() }
    }

    func serves(_ method: ListMethod) -> Bool { connections[method.process] != nil }

    func reply(_ method: ListMethod, _ request: JSONValue) async throws -> [UInt8] {
        let bytes = try method.entry.requestFromJSON(Array(JSONText.encode(request).utf8))
        return try await reply(method, bytes)
    }

    func reply(_ method: ListMethod, _ request: [UInt8]) async throws(RPCError) -> [UInt8] {
        guard let connection = connections[method.process] else {
            throw RPCError(.unavailable, "The suite has no \(method.process).")
        }
        return try await connection.channel.rawUnary(method.entry.descriptor, request, options)
    }

    func page(_ method: ListMethod, _ request: JSONValue) async throws -> ListPage {
        guard let page = ListPage(try await reply(method, request), of: method) else {
            throw Failure(.failure, "\(method.name) answered with bytes that are no page")
        }
        return page
    }
}

/// A list's request as it is sent to the gateway.
enum ListTarget {
    /// Nil if the list is not reached over HTTP.
    static func request(_ method: ListMethod, _ request: JSONValue) -> HTTPRequest? {
        guard let route = method.route, case .object(var fields) = request else { return nil }
        var path = route.pattern
        if let subject = method.subject {
            guard let value = fields.removeValue(forKey: subject.jsonName) else { return nil }
            path = path.replacing("{\(subject.name)}", with: HTTPRequest.encoded(text(value)))
        }
        guard route.verb == .get else {
            let body = HTTPRequest.Body.bytes(Array(JSONText.encode(JSONValue.object(fields)).utf8))
            return HTTPRequest(
                route.verb.rawValue, path, fields: [("Content-Type", "application/json")], body: body)
        }
        let query = fields.sorted { $0.key < $1.key }.flatMap { parameters($0.key, $0.value) }
        return HTTPRequest("GET", query.isEmpty ? path : "\(path)?\(query.joined(separator: "&"))")
    }

    private static func parameters(_ name: String, _ value: JSONValue) -> [String] {
        switch value {
        case .list(let elements): elements.flatMap { parameters(name, $0) }
        case .object(let fields): fields.sorted { $0.key < $1.key }.flatMap { parameters("\(name).\($0.key)", $0.value) }
        case .null: []
        case .bool, .integer, .number, .text: ["\(name)=\(HTTPRequest.encoded(text(value)))"]
        }
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .text(let text): text
        case .integer(let number): String(number)
        case .bool(let flag): String(flag)
        default: JSONText.encode(value)
        }
    }
}
