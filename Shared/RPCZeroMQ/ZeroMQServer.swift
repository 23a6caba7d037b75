import RPC
import ZeroMQ
import Synchronization

/// Serves calls at one endpoint until it is stopped.
package final class ZeroMQServer: Sendable {
    /// Where it listens, with the port that the system chose.
    package let endpoint: String
    private let listener: Confined<Listener>
    private let stopped = Mutex(false)

    init(_ listener: Confined<Listener>, endpoint: String) {
        self.listener = listener
        self.endpoint = endpoint
    }

    /// Takes no more calls, waits until the open ones have ended and clients have hung up (half a second at most), or the task
    /// is cancelled, then stops the rest.
    package func drain() async {
        let quiet = Latch<Void>()
        listener.submit { $0.startDraining { quiet.set(.success(())) } }
        await withTaskCancellationHandler {
            _ = try? await quiet.wait()
        } onCancel: {
            quiet.set(.success(()))
        }
        stop()
    }

    /// Stops every handler and closes the socket, after what was sent has left.
    package func stop() {
        guard !stopped.withLock({ stopped in defer { stopped = true }; return stopped }) else { return }
        listener.submit { $0.stopListening() }
    }

    /// Says whether the process would take work. Clients that have another replica go there; calls are answered all the same.
    package func setServing(_ serves: Bool) { listener.submit { $0.setServing(serves) } }

    /// Calls that are open now.
    package func openCalls() async -> Int {
        let count = Latch<Int>()
        listener.submit { count.set(.success($0.openCallCount)) }
        return (try? await count.wait()) ?? 0
    }
}
