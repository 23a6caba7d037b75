import Glibc

/// A file that is sent to an import.
package struct ImportFile: Hashable, Sendable {
    package let path: String
    /// Its last part.
    package let name: String
    package let byteCount: Int

    package init(path: String) throws(Failure) {
        (self, _) = try Self.open(path, reading: 0)
    }

    /// Looks at the file, and at as many of its first bytes as are wanted.
    static func open(_ path: String, reading limit: Int) throws(Failure) -> (file: ImportFile, beginning: [UInt8]) {
        func failure() -> Failure {
            Failure(.failure, "cannot read \(path): \(unsafe String(cString: strerror(errno)))")
        }
        let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        var information = stat()
        guard unsafe fstat(descriptor, &information) == 0 else { throw failure() }
        guard information.st_mode & S_IFMT == S_IFREG else { throw Failure(.failure, "\(path) is no file") }
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
        guard count >= 0 else { throw failure() }
        let name = String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
        return (ImportFile(path: path, name: name, byteCount: Int(information.st_size)), Array(bytes.prefix(count)))
    }

    private init(path: String, name: String, byteCount: Int) {
        self.path = path
        self.name = name
        self.byteCount = byteCount
    }
}
