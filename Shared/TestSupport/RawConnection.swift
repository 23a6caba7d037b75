import Foundation
import Glibc

/// A TCP connection that sends exactly the bytes it is told to: for requests that no well-behaved client would make.
package final class RawConnection {
    private let descriptor: Int32

    /// Connects to 127.0.0.1. `timeout` bounds every later read and write.
    package init(port: Int, timeout: Duration = .seconds(10)) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemFailure("socket") }
        var limit = timeval(tv_sec: Int(timeout.components.seconds), tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        guard unsafe withLoopback(port: port, { unsafe connect(descriptor, $0, $1) }) == 0 else {
            throw SystemFailure("connect to port \(port)")
        }
    }

    deinit { close(descriptor) }

    package func send(_ text: String) throws { try send(Array(text.utf8)) }

    package func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes[sent...].withUnsafeBytes { rest in
                unsafe Glibc.send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw SystemFailure("send") }
            sent += count
        }
    }

    /// No more will be sent; the other side sees the end.
    package func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Reads until the other side closes, `limit` bytes have come, or `enough` says so.
    package func receive(upTo limit: Int = 1 << 20, until enough: (String) -> Bool = { _ in false }) throws -> String {
        var all: [UInt8] = []
        while all.count < limit, !enough(String(decoding: all, as: UTF8.self)) {
            var buffer = [UInt8](repeating: 0, count: 16 << 10)
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
            guard count >= 0 else { throw SystemFailure("receive, after \(all.count) bytes") }
            if count == 0 { break }
            all += buffer[..<count]
        }
        return String(decoding: all, as: UTF8.self)
    }
}

/// A system call that failed.
package struct SystemFailure: Error, CustomStringConvertible {
    package let description: String

    package init(_ operation: String, number: Int32 = errno) {
        description = "\(operation): \(unsafe String(cString: strerror(number)))"
    }
}

/// A TCP port of 127.0.0.1 that nobody has now. Below those that the kernel gives to outgoing connections, or one of these
/// could take it before it is listened on.
package func freePort() throws -> Int { try freePorts(1) }

/// The first of so many TCP ports in a row, all of them as free as `freePort` finds one.
package func freePorts(_ count: Int) throws -> Int {
    for _ in 0..<100 {
        let first = Int.random(in: 10_000..<32_000 - count)
        if (first..<first + count).allSatisfy(isFree) { return first }
    }
    throw SystemFailure("find \(count) free ports in a row", number: EADDRINUSE)
}

private func isFree(_ port: Int) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return unsafe withLoopback(port: port) { unsafe bind(descriptor, $0, $1) } == 0
}

/// The port that a bound socket has.
func portOfLoopback(_ descriptor: Int32) throws -> Int {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getsockname(descriptor, $0, &size) }
    }
    guard result == 0 else { throw SystemFailure("getsockname") }
    return Int(UInt16(bigEndian: address.sin_port))
}

/// The port that the other side of a connected socket has.
func peerPortOfLoopback(_ descriptor: Int32) throws -> Int {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getpeername(descriptor, $0, &size) }
    }
    guard result == 0 else { throw SystemFailure("getpeername") }
    return Int(UInt16(bigEndian: address.sin_port))
}

func withLoopback(port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr = in_addr(s_addr: UInt32(0x7f00_0001).bigEndian)
    return unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
    }
}
