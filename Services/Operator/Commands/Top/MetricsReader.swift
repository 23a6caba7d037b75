import HTTPClient

/// Reads what the processes of a suite count.
struct MetricsReader: Sendable {
    /// Longest wait for one page.
    static let patience = Duration.seconds(2)

    /// What one process had counted, and when it said so.
    struct Look: Sendable {
        let name: String
        /// What it is one of.
        let service: String
        let adminPort: Int
        /// Nil if it did not answer.
        let counts: CallCounts?
    }

    let processes: [SuiteState.Service]

    func look() async throws -> [Look] {
        try await Parallel.map(processes, inFlight: max(1, processes.count)) { process in
            let port = process.adminPort
            return Look(
                name: process.name, service: process.service, adminPort: port, counts: await Self.counts(adminPort: port))
        }
    }

    private static func counts(adminPort: Int) async -> CallCounts? {
        let origin = HTTPOrigin(host: "127.0.0.1", port: adminPort)
        let reply = try? await HTTPConnection.with(origin) { connection in
            try await connection.send(HTTPRequest("GET", "/metrics", timeout: patience))
        }
        guard let reply, reply.isSuccess else { return nil }
        return CallCounts(metrics: reply.text)
    }
}
