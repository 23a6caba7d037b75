package import RPC
import Glibc
import Synchronization
package import ZeroMQ

/// Reads a target's replicas from a file, whenever it changes.
package final class FileResolver: Resolver {
    private let path: String
    private let thread: IOThread
    private let watching: Confined<Watching>

    /// Longest file that is read, in bytes.
    static let maximumBytes = 64 << 10

    /// What belongs to the I/O thread.
    private final class Watching {
        var watch: FileWatch?
        var observer: Observer?
    }

    package init(_ path: String, on thread: IOThread) {
        self.path = path
        self.thread = thread
        watching = Confined(Watching(), to: thread)
    }

    package func start(_ observer: @escaping Observer) {
        watching.submit { [self] state in
            state.observer = observer
            tell(state)
        }
    }

    package func lookAgain() { watching.submit { [self] state in tell(state) } }

    package func stop() {
        watching.submit { state in
            state.watch?.stop()
            state.watch = nil
            state.observer = nil
        }
    }

    private func tell(_ state: Watching) {
        guard let observer = state.observer else { return }
        // The folder may have come after the channel.
        if state.watch == nil {
            state.watch = FileWatch(path, on: thread) { [weak self, weak state] in
                if let self, let state { tell(state) }
            }
        }
        observer(read())
    }

    private func read() -> Result<[String], RPCError> {
        guard let contents = SmallFile.text(at: path, atMost: Self.maximumBytes) else {
            return .failure(unusable("it cannot be read or has more than \(Self.maximumBytes) bytes of text"))
        }
        do throws(Endpoint.Problem) {
            return .success(try Target.endpoints(inFile: contents).map(\.description))
        } catch {
            return .failure(unusable("\(error)"))
        }
    }

    private func unusable(_ why: String) -> RPCError {
        RPCError(.unavailable, "The replicas are not known from \(path): \(why).", isUnprocessed: true)
    }
}
