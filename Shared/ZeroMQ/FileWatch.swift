internal import CZeroMQ
import Glibc

/// Tells when a file may have changed: written, replaced or removed. It lives on an I/O thread.
///
/// It watches the file's folder, because whoever replaces a file safely renames another one over it.
package final class FileWatch: IOThread.Source {
    private let descriptor: Int32
    private let name: String
    private let thread: IOThread
    private let onChange: () -> Void
    private var registration: IOThread.Registration?

    /// Bytes of events that are read at a time.
    private static let bufferBytes = 4096

    /// - Returns: nil if the folder cannot be watched: it is not there, or the system has no watches left.
    package init?(_ path: String, on thread: IOThread, onChange: @escaping () -> Void) {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let folder = path[..<slash]
        descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        name = String(path[path.index(after: slash)...])
        self.thread = thread
        self.onChange = onChange
        let events = UInt32(IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE)
        guard descriptor >= 0, unsafe inotify_add_watch(descriptor, folder.isEmpty ? "/" : String(folder), events) >= 0 else {
            close(descriptor)
            return nil
        }
        registration = thread.add(self, descriptor: descriptor)
    }

    /// Watches no more.
    package func stop() {
        guard let registration else { return }
        self.registration = nil
        thread.remove(registration)
        close(descriptor)
    }

    package func drain() -> Bool {
        var concerns = false
        unsafe withUnsafeTemporaryAllocation(byteCount: Self.bufferBytes, alignment: 8) { buffer in
            while true {
                let count = unsafe read(descriptor, buffer.baseAddress, buffer.count)
                guard count > 0 else { return }
                if unsafe names(in: UnsafeRawBufferPointer(rebasing: buffer[..<count])) { concerns = true }
            }
        }
        if concerns { onChange() }
        return false
    }

    /// Whether one of these events is about the file.
    @unsafe
    private func names(in events: UnsafeRawBufferPointer) -> Bool {
        var offset = 0
        let head = MemoryLayout<inotify_event>.size
        while offset + head <= events.count {
            let event = unsafe events.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
            let end = offset + head + Int(event.len)
            guard end <= events.count else { return true }
            let text = unsafe events[(offset + head)..<end].prefix { $0 != 0 }
            if unsafe String(decoding: text, as: UTF8.self) == name { return true }
            offset = end
        }
        return false
    }
}
