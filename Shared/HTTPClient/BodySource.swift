import Glibc
import Synchronization

/// Gives a request's body piece by piece.
final class BodySource {
    /// Nil: the request has no body.
    let length: Int?
    private var bytes: ArraySlice<UInt8> = []
    private var descriptor: Int32 = -1
    private var path = ""
    private var left = 0

    init(_ body: HTTPRequest.Body) throws(HTTPFailure) {
        switch body {
        case .none:
            length = nil
        case .bytes(let all):
            bytes = all[...]
            length = all.count
        case .file(let path):
            self.path = path
            descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw .cannotReadFile(path: path, reason: systemText(errno)) }
            var information = stat()
            guard unsafe fstat(descriptor, &information) == 0 else {
                throw .cannotReadFile(path: path, reason: systemText(errno))
            }
            left = Int(information.st_size)
            length = left
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    func next(atMost limit: Int) throws(HTTPFailure) -> [UInt8]? {
        guard descriptor >= 0 else {
            guard !bytes.isEmpty else { return nil }
            defer { bytes = bytes.dropFirst(limit) }
            return Array(bytes.prefix(limit))
        }
        // Never more than was promised in Content-Length, even if the file grows meanwhile.
        let wanted = min(limit, left)
        guard wanted > 0 else { return nil }
        var failure: Int32 = 0
        let descriptor = descriptor
        let piece = unsafe [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
            var got = unsafe Glibc.read(descriptor, buffer.baseAddress, wanted)
            while got < 0, errno == EINTR { got = unsafe Glibc.read(descriptor, buffer.baseAddress, wanted) }
            if got < 0 { failure = errno }
            count = max(got, 0)
        }
        if failure != 0 { throw .cannotReadFile(path: path, reason: systemText(failure)) }
        if piece.isEmpty { throw .cannotReadFile(path: path, reason: "it became shorter while it was sent") }
        left -= piece.count
        return piece
    }
}

private func systemText(_ number: Int32) -> String {
    unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
}

/// Tells whether a time limit has passed.
final class Alarm: Sendable {
    private let rung = Mutex(false)
    var hasRung: Bool { rung.withLock { $0 } }
    func ring() { rung.withLock { $0 = true } }
}
