import HTTPClient

/// Asks a process at its admin address whether it is ready: what a container's health check runs, with nothing but the
/// program itself in the image.
enum ReadinessProbe {
    /// Shorter than the pause between two health checks.
    static let limit = Duration.seconds(3)

    /// - Returns: what the process answered, if it is ready.
    /// - Throws: ``StartFailure`` with what it answered instead, or why it did not.
    static func ask(_ address: HostAndPort) async throws -> String {
        let origin = HTTPOrigin(host: reachable(address.host), port: address.port)
        let reply: HTTPReply
        do {
            reply = try await HTTPConnection.with(origin) { connection in
                try await connection.send(HTTPRequest("GET", "/readyz", timeout: limit))
            }
        } catch let failure as HTTPFailure {
            throw StartFailure(.unavailable, "\(failure)")
        }
        let answer = reply.text.split(whereSeparator: \.isNewline).joined(separator: "; ")
        guard reply.isSuccess else { throw StartFailure(.unavailable, answer) }
        return answer
    }

    /// Who listens at all addresses is asked at one that leads to this machine.
    private static func reachable(_ host: String) -> String {
        switch host {
        case "0.0.0.0": "127.0.0.1"
        case "::": "::1"
        default: host
        }
    }
}
