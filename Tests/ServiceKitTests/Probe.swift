import HTTPClient

/// Status and body of a GET, as one text.
func probe(_ port: Int, _ target: String) async throws -> String {
    let reply = try await HTTPConnection.with(HTTPOrigin(host: "127.0.0.1", port: port)) { connection in
        try await connection.send(HTTPRequest("GET", target))
    }
    return "\(reply.status) \(reply.text)"
}
