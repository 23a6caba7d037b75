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
