import Foundation
import Synchronization

/// The files that say where the replicas of each service answer, one a service; whoever calls a service watches its
/// file (`file:///path` in `Shared/RPC/README.md`).
package final class PeerLists: Sendable {
    private let folder: String
    private let endpoints = Mutex<[String: [String]]>([:])

    /// - Parameter folder: is there, and its owner's alone.
    package init(folder: String) {
        self.folder = folder
    }

    package func add(_ endpoint: String, to service: String) throws(Failure) {
        try change(service) { list in
            if !list.contains(endpoint) { list.append(endpoint) }
        }
    }

    /// Takes one out: it gets no new calls, and those that it has go on.
    package func remove(_ endpoint: String, from service: String) throws(Failure) {
        try change(service) { list in list.removeAll { $0 == endpoint } }
    }

    /// Replaces the file, so that a reader sees the old list or the new one.
    private func change(_ service: String, _ body: (inout [String]) -> Void) throws(Failure) {
        let path = "\(folder)/\(service)"
        let problem: (any Error)? = endpoints.withLock { lists in
            let before = lists[service] ?? []
            var list = before
            body(&list)
            guard list != before else { return nil }
            do {
                let text = list.map { $0 + "\n" }.joined()
                try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
                lists[service] = list
                return nil
            } catch {
                return error
            }
        }
        if let problem { throw Failure(.failure, "cannot write \(path): \(problem)") }
    }
}
