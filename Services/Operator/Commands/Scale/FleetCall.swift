import Contracts
import RPC
import ZeroMQ

/// Asks a running suite to change, and tells each step.
struct FleetCall: Sendable {
    let state: SuiteState
    let timeout: Duration
    let console: Console

    /// Returns when the change is made.
    func run(
        _ call: @escaping @Sendable (ReplicasClient, CallOptions) -> ResponseStream<SuiteV1.ReplicaStep>
    ) async throws {
        guard let control = state.control else {
            throw Failure(.failure, "this suite cannot be changed while it runs", advice: "Restart it: olp down, olp up")
        }
        let connection = try ServiceConnection(Endpoint(control))
        defer { connection.close() }
        let client = ReplicasClient(connection.channel)
        let (timeout, console) = (timeout, console)
        do {
            try await Stoppable.run(console, saying: "Taking back the step that is being taken …") {
                let steps = call(client, CallOptions(timeout: timeout))
                while let step = try await steps.next() {
                    if let line = Self.line(step) { console.say(line) }
                }
                try Task.checkCancellation()
            }
        } catch let error as RPCError {
            try Task.checkCancellation()
            throw Self.failure(error)
        }
    }

    static func line(_ step: SuiteV1.ReplicaStep) -> String? {
        let took = step.took?.duration.map { " after \(SuiteRecorder.seconds($0))" } ?? ""
        return switch step.phase {
        case .starting: "\(step.process) is being started …"
        case .ready: "\(step.process) takes calls\(took)"
        case .draining: "\(step.process) finishes what it does …"
        case .stopped: "\(step.process) has stopped\(took)"
        case .unspecified, .unrecognized: nil
        }
    }

    private static func failure(_ error: RPCError) -> Failure {
        let lines = error.message.split(separator: "\n", maxSplits: 1)
        let what = lines.first.map(String.init) ?? error.code.name
        switch error.code {
        case .invalidArgument: return Failure(.usage, what, advice: lines.dropFirst().first.map(String.init))
        case .cancelled: return Failure(.interrupted, what)
        case .deadlineExceeded:
            return Failure(.failure, "it was not done in time", advice: "What runs now: olp status. More time: --timeout SECONDS")
        default: return Failure(.failure, what, advice: lines.dropFirst().first.map(String.init))
        }
    }
}
