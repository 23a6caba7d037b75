#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reading and writing whole files without Foundation, which a tool of this size does not need.
enum Files {
    static func fail(_ message: String) -> Never {
        let line = Array((message + "\n").utf8)
        unsafe line.withUnsafeBytes { _ = unsafe write(2, $0.baseAddress, $0.count) }
        exit(1)
    }

    static func read(_ path: String) throws -> [UInt8] {
        guard let file = unsafe fopen(path, "rb") else { throw GeneratorError("cannot read \(path): errno \(errno)") }
        defer { unsafe _ = fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = unsafe fread(&buffer, 1, buffer.count, file)
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// Writes a file and makes the folders it needs.
    static func save(_ text: String, to path: String) throws {
        var folder = ""
        for part in path.split(separator: "/").dropLast() {
            folder += (folder.isEmpty && !path.hasPrefix("/") ? "" : "/") + part
            guard unsafe mkdir(folder, 0o755) == 0 || errno == EEXIST else {
                throw GeneratorError("cannot make the folder \(folder): errno \(errno)")
            }
        }
        guard let file = unsafe fopen(path, "wb") else { throw GeneratorError("cannot write \(path): errno \(errno)") }
        defer { unsafe _ = fclose(file) }
        let bytes = Array(text.utf8)
        guard unsafe fwrite(bytes, 1, bytes.count, file) == bytes.count else {
            throw GeneratorError("cannot write \(path): errno \(errno)")
        }
    }
}
