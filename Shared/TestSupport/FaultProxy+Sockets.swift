import Glibc

/// A socket that listens on 127.0.0.1, and its port. Whoever asks closes it.
func listenOnLoopback() throws -> (descriptor: Int32, port: Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw SystemFailure("socket") }
    guard unsafe withLoopback(port: 0, { unsafe bind(descriptor, $0, $1) }) == 0, listen(descriptor, 128) == 0 else {
        defer { close(descriptor) }
        throw SystemFailure("listen")
    }
    return (descriptor, try portOfLoopback(descriptor))
}

/// A socket that is connected to a port of 127.0.0.1. Whoever asks closes it.
func connectToLoopback(port: Int) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw SystemFailure("socket") }
    guard unsafe withLoopback(port: port, { unsafe connect(descriptor, $0, $1) }) == 0 else {
        defer { close(descriptor) }
        throw SystemFailure("connect to port \(port)")
    }
    return descriptor
}

/// A socket that listens at a path. Whoever asks closes it.
func listenLocally(at path: String) throws -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw SystemFailure("socket") }
    guard unsafe withLocal(path, { unsafe bind(descriptor, $0, $1) }) == 0, listen(descriptor, 128) == 0 else {
        defer { close(descriptor) }
        throw SystemFailure("listen at \(path)")
    }
    return descriptor
}

/// A socket that is connected to the one at a path. Whoever asks closes it. It never waits: a server whose queue is full is
/// as good as none.
func connectLocally(to path: String) throws -> Int32 {
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let descriptor = socket(AF_UNIX, type, 0)
    guard descriptor >= 0 else { throw SystemFailure("socket") }
    guard unsafe withLocal(path, { unsafe connect(descriptor, $0, $1) }) == 0 else {
        defer { close(descriptor) }
        throw SystemFailure("connect to \(path)")
    }
    return descriptor
}

private func withLocal(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // The last byte has to stay zero.
    guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
        errno = ENAMETOOLONG
        return -1
    }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
    return unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
}

/// Who connected: the port, or at a local socket the id of the process; 0 if that is not known any more.
func callerNumber(_ descriptor: Int32) -> Int {
    // Process, user and group, as they were when it connected.
    var credentials: [Int32] = [0, 0, 0]
    var size = socklen_t(credentials.count * MemoryLayout<Int32>.size)
    // A TCP socket has process 0.
    let isKnown = unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0
    if isKnown, credentials[0] > 0 { return Int(credentials[0]) }
    return (try? peerPortOfLoopback(descriptor)) ?? 0
}

/// Lets every write leave by itself, so that pieces arrive as such.
func sendAtOnce(_ descriptor: Int32) {
    var on: Int32 = 1
    unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
}

/// Makes the socket's end a reset.
func resetOnClose(_ descriptor: Int32) {
    var linger = linger(l_onoff: 1, l_linger: 0)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
}
