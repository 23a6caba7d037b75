import Glibc

/// Files that are short enough to be read at once, on the I/O thread too.
package enum SmallFile {
    /// The text of a file.
    /// - Returns: nil if it cannot be read, is longer than `maximumBytes`, or is no UTF-8.
    package static func text(at path: String, atMost maximumBytes: Int) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count <= maximumBytes {
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return String(validating: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
        }
        return nil
    }
}
