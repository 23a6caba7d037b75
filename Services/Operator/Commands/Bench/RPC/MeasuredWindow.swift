import Glibc

/// The time that counts: after a warm-up, for a while.
struct MeasuredWindow: Sendable {
    let warmUp: Duration
    let duration: Duration

    /// Waits for the window, beginning now, and tells what this process and the other have used in it.
    func cost(of server: Int32?) async throws -> WindowCost {
        let begin = ContinuousClock.now + warmUp
        try await Task.sleep(until: begin)
        let before = WindowCost.soFar(server)
        try await Task.sleep(until: begin + duration)
        let after = WindowCost.soFar(server)
        return WindowCost(
            client: after.client - before.client,
            server: after.server.flatMap { after in before.server.map { after - $0 } })
    }
}

/// Processor time of both processes, user and system.
struct WindowCost: Sendable {
    let client: Duration
    /// Nil if the server's process is not known.
    let server: Duration?

    static func soFar(_ server: Int32?) -> WindowCost {
        WindowCost(
            client: ProcessCost.processorTime(of: getpid()) ?? .zero, server: server.flatMap(ProcessCost.processorTime))
    }
}
