import Glibc
package import HTTPClient

/// Questions to a process's admin port.
package enum Readiness {
    static let timeout = Duration.seconds(1)

    /// Whether the process on this machine says that it can do its work.
    package static func isReady(adminPort: Int) async -> Bool {
        await reply(adminPort: adminPort)?.status == 200
    }

    /// Its answer to `/readyz`; nil if it gives none.
    package static func reply(adminPort: Int) async -> HTTPReply? {
        try? await HTTPConnection.with(HTTPOrigin(host: "127.0.0.1", port: adminPort)) { connection in
            try await connection.send(HTTPRequest("GET", "/readyz", timeout: timeout))
        }
    }
}

/// TCP ports of this machine.
package enum Port {
    /// A port of 127.0.0.1 that is free now.
    package static func anyFree() throws(Failure) -> Int {
        guard let port = bound("127.0.0.1", 0) else {
            throw Failure(.failure, "no TCP port of 127.0.0.1 is free: \(unsafe String(cString: strerror(errno)))")
        }
        return port
    }

    /// Whether a server could listen there now.
    package static func isFree(_ host: String, _ port: Int) -> Bool { bound(host, port) != nil }

    /// Binds a socket and lets it go again; the port it had.
    private static func bound(_ host: String, _ port: Int) -> Int? {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        // Names and IPv6 addresses are left to the server itself to refuse.
        guard unsafe inet_pton(AF_INET, host, &address.sin_addr) == 1 else { return port }
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        // As servers do: a connection that was closed a moment ago does not count.
        var yes: Int32 = 1
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard unsafe bind(descriptor, generic, size) == 0,
                    unsafe getsockname(descriptor, generic, &size) == 0
                else { return nil }
                return Int(UInt16(bigEndian: unsafe pointer.pointee.sin_port))
            }
        }
    }
}
