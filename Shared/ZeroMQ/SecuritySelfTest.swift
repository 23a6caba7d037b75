import Glibc
import Synchronization

/// The proof, at every start, that a server lets no stranger in.
package enum SecuritySelfTest {
    /// Longest wait for the server's refusal; it takes some milliseconds.
    private static let patience = Duration.seconds(5)
    private static let counter = Atomic<Int>(0)

    /// Dials a bound CURVE server with a key made for this, and returns when the server has refused it as not on its list.
    /// Blocks until then.
    /// - Throws: ``SecurityProblem`` if it was let in, or was not refused in so many words.
    package static func run(at endpoint: Endpoint, server: CurveKey, in context: Context) throws {
        var options = Socket.Options()
        options.security = .client(server: server, own: .make())
        let socket = try Socket(.dealer, in: context, options: options)
        let name = "self-test-\(counter.add(1, ordering: .relaxed).newValue)"
        let monitor = try SocketMonitor(socket, in: context, name: name)
        try socket.connect(endpoint.fromThisMachine)
        defer { socket.stopMonitor() }
        switch try outcome(monitor) {
        case .refused(400): return
        case .connected:
            throw SecurityProblem(
                "the server at \(endpoint) let in a key that nobody knows: its list is not asked. It must not be used so.")
        case let outcome:
            throw SecurityProblem(
                "it could not be shown that the server at \(endpoint) refuses a key that nobody knows: a trial connection "
                    + "\(outcome.map { "ended with \"\($0)\"" } ?? "had no answer after \(patience)").")
        }
    }

    private static func outcome(_ monitor: borrowing SocketMonitor) throws(ZeroMQError) -> SocketMonitor.Report? {
        let descriptor = try monitor.fileDescriptor()
        let end = ContinuousClock.now + patience
        while true {
            while let report = try monitor.nextReport() {
                if report != .other { return report }
            }
            let left = ContinuousClock.now.duration(to: end).milliseconds
            guard left > 0 else { return nil }
            var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            unsafe _ = poll(&wanted, 1, left)
        }
    }
}

extension Endpoint {
    /// Where this machine reaches what is bound to the endpoint: a server at all addresses is at the loopback's too.
    var fromThisMachine: Endpoint {
        guard scheme == .tcp, address.hasPrefix("0.0.0.0:") else { return self }
        return (try? Endpoint("tcp://127.0.0.1:\(address.dropFirst("0.0.0.0:".count))")) ?? self
    }
}
