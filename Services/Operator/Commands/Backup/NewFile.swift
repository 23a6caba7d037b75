import Glibc

/// A file that is being written, readable by its owner only. Without `finish` it is removed again.
final class NewFile {
    private let path: String
    private let descriptor: Int32
    private var isFinished = false

    init(_ path: String) throws(Failure) {
        self.path = path
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("cannot make \(path)") }
    }

    deinit {
        close(descriptor)
        if !isFinished { _ = unsafe unlink(path) }
    }

    func append(_ bytes: [UInt8]) throws(Failure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("cannot write \(path)") }
            rest = rest.dropFirst(count)
        }
    }

    /// Waits until it is on disk, and gives it its name.
    func finish(as name: String) throws(Failure) {
        guard fsync(descriptor) == 0 else { throw Self.failure("cannot write \(path) to disk") }
        guard unsafe rename(path, name) == 0 else { throw Self.failure("cannot name \(path) \(name)") }
        isFinished = true
        try Self.flushFolder(of: name)
    }

    /// A name is on disk when its folder is.
    static func flushFolder(of name: String) throws(Failure) {
        let folder = name.lastIndex(of: "/").map { $0 == name.startIndex ? "/" : String(name[..<$0]) } ?? "."
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot open \(folder)") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("cannot write \(folder) to disk") }
    }

    static func failure(_ what: String) -> Failure {
        Failure(.failure, "\(what): \(unsafe String(cString: strerror(errno)))", advice: "See to rights and room, and try again.")
    }
}
