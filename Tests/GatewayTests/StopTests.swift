import Glibc
import HTTPClient
import ServiceKit
import TestSupport
import Testing

@testable import GatewayService

@Suite("Stopping the gateway")
struct StopTests {
    @Test("whoever is connected when it is asked to stop is still heard, and then nobody is")
    func heard() async throws {
        let (clock, log) = (ManualClock(), LogCapture())
        let drain = ListenerDrain(clock: clock, logger: log.logger())
        try await Harness.run(drain: drain) { gateway in
            try await HTTPConnection.with(gateway.origin) { connection in
                await gateway.stop()
                await clock.sleepers(1)
                let reply = try await connection.send(HTTPRequest("GET", "/livez"))
                #expect(reply.status == 200, "\(reply)")
                clock.advance(by: ListenerDrain.time)
            }
            try await poll(until: "the server to be closed") {
                do {
                    _ = try await gateway.send("GET", "/livez")
                    return false
                } catch HTTPFailure.cannotConnect {
                    return true
                }
            }
        }
        #expect(log.lines.isEmpty, "the system refused what holds new connections off: \(log.lines)")
    }

    @Test("nobody new is let in while the last are heard")
    func nobodyNew() async throws {
        let clock = ManualClock()
        let drain = ListenerDrain(clock: clock, logger: LogCapture().logger())
        try await Harness.run(drain: drain) { gateway in
            await gateway.stop()
            await clock.sleepers(1)
            let isLetIn = try Self.connects(to: gateway.origin.port, within: .milliseconds(100))
            #expect(!isLetIn)
            clock.advance(by: ListenerDrain.time)
        }
    }

    /// Whether a connection comes about in a time.
    private static func connects(to port: Int, within time: Duration) throws -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let now = unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard now != 0 else { return true }
        guard errno == EINPROGRESS else { throw SystemFailure("connect") }
        var asked = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return unsafe Glibc.poll(&asked, 1, Int32(time / .milliseconds(1))) > 0
    }
}
