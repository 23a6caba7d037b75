internal import CZeroMQ
import Glibc
import Synchronization

/// A ``KeyList`` in a file, read anew when the file changes, so that nothing has to be restarted.
///
/// A new file that cannot be used changes nothing: the last good list goes on. May be used from any thread; asking costs
/// one look at the file's dates, so it is for handshakes and sweeps, not for every call.
package final class KeyListFile: Sendable {
    /// What came of a change of the file.
    package enum Change: Hashable, Sendable, CustomStringConvertible {
        case replaced(path: String, keys: Int)
        case kept(path: String, KeyList.Problem)

        package var description: String {
            switch self {
            case .replaced(let path, let keys): "\(path) was read anew: \(keys) keys"
            case .kept(let path, let problem): "\(path) cannot be used, the list as it was goes on: \(problem)"
            }
        }
    }

    /// Longest file in bytes.
    package static let maximumBytes = 1 << 20

    package let path: String
    private let onChange: @Sendable (Change) -> Void
    private let state: Mutex<State>

    private struct State {
        var list: KeyList
        /// Of the file as it was looked at last, also if it could not be used; nil: it was not there.
        var stamp: Stamp?
    }

    /// What changes when a file does.
    private struct Stamp: Equatable {
        let device, inode: UInt
        let size: Int
        let seconds, nanoseconds: Int

        init(_ status: stat) {
            device = status.st_dev
            inode = status.st_ino
            size = status.st_size
            seconds = status.st_mtim.tv_sec
            nanoseconds = status.st_mtim.tv_nsec
        }
    }

    /// Reads the file.
    /// - Parameter onChange: told of every later change, on the thread that came across it.
    package init(
        _ path: String, onChange: @escaping @Sendable (Change) -> Void = { _ in }
    ) throws(KeyList.Problem) {
        self.path = path
        self.onChange = onChange
        let (text, stamp) = try Self.read(path)
        state = Mutex(State(list: try KeyList(text: text), stamp: stamp))
    }

    /// The list as the file has it now, or had it when it could be used last.
    package func current() -> KeyList {
        let (list, change) = state.withLock { state in
            let change = refresh(&state)
            return (state.list, change)
        }
        if let change { onChange(change) }
        return list
    }

    private func refresh(_ state: inout State) -> Change? {
        var status = stat()
        let now = unsafe stat(path, &status) == 0 ? Stamp(status) : nil
        guard now != state.stamp else { return nil }
        do throws(KeyList.Problem) {
            let (text, stamp) = try Self.read(path)
            // Told once, whether it can be used or not.
            state.stamp = stamp
            state.list = try KeyList(text: text)
            return .replaced(path: path, keys: state.list.entries.count)
        } catch {
            state.stamp = now
            return .kept(path: path, error)
        }
    }

    /// - Returns: The text, and the stamp from before it was read: what is written meanwhile is seen the next time.
    private static func read(_ path: String) throws(KeyList.Problem) -> (text: String, stamp: Stamp) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw failure() }
        guard status.st_mode & S_IWOTH == 0 else {
            throw KeyList.Problem(line: nil, reason: "everybody may write it; take that right away (chmod o-w)")
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure() }
            if count == 0 { break }
            bytes += buffer[..<count]
            guard bytes.count <= maximumBytes else {
                throw KeyList.Problem(line: nil, reason: "it is larger than \(maximumBytes) bytes")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw KeyList.Problem(line: nil, reason: "it is not UTF-8 text")
        }
        return (text, Stamp(status))
    }

    private static func failure() -> KeyList.Problem {
        KeyList.Problem(line: nil, reason: unsafe String(cString: strerror(errno)))
    }
}
