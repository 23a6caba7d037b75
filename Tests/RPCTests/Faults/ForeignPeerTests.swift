import RPC
import RPCZeroMQ
import TestSupport
import Testing
import ZeroMQ

/// What comes to a port besides our own kind.
enum Foreign {
    static let http = Array("GET / HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n".utf8)
    static let httpAnswer = Array("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8)
    /// The beginning of TLS 1.2's ClientHello: record, handshake, version, a random, no session.
    static let tls: [UInt8] =
        [0x16, 0x03, 0x01, 0x00, 0x31, 0x01, 0x00, 0x00, 0x2D, 0x03, 0x03] + [UInt8](repeating: 0x42, count: 32)
        + [0x00, 0x00, 0x02, 0x13, 0x01, 0x01, 0x00, 0x00, 0x00]
    static let tlsAlert: [UInt8] = [0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x28]
    static let noise = (0..<4_096).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 7) }
    static let ssh = Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)

    /// ZMTP 3.0's greeting, with a mechanism.
    static func greeting(_ mechanism: String, isServer: Bool = false) -> [UInt8] {
        var bytes: [UInt8] = [0xFF] + [UInt8](repeating: 0, count: 8) + [0x7F, 3, 0]
        bytes += Array(mechanism.utf8) + [UInt8](repeating: 0, count: 20 - mechanism.utf8.count)
        return bytes + [isServer ? 1 : 0] + [UInt8](repeating: 0, count: 31)
    }

    /// NULL's READY command for a socket of a type.
    static func ready(_ type: String) -> [UInt8] {
        let property = [11] + Array("Socket-Type".utf8) + [0, 0, 0, UInt8(type.utf8.count)] + Array(type.utf8)
        let body = [5] + Array("READY".utf8) + property
        return [0x04, UInt8(body.count)] + body
    }

    /// A frame's head that announces 2⁴⁰ bytes.
    static let endless: [UInt8] = [0x02, 0, 0, 1, 0, 0, 0, 0, 0]
}

@Suite("Strangers at the port")
struct ForeignPeerTests {
    private static let clients: [(name: String, bytes: [UInt8])] = [
        ("nothing", []), ("HTTP", Foreign.http), ("TLS", Foreign.tls), ("noise", Foreign.noise), ("SSH", Foreign.ssh),
        ("half a greeting", Array(Foreign.greeting("NULL").prefix(20))),
        ("a greeting alone", Foreign.greeting("NULL")),
        ("a mechanism that is not spoken", Foreign.greeting("CURVE")),
        ("another kind of socket", Foreign.greeting("NULL") + Foreign.ready("PUB")),
        ("noise after the greeting", Foreign.greeting("NULL") + Foreign.noise),
        ("a message without end", Foreign.greeting("NULL") + Foreign.ready("DEALER") + Foreign.endless),
        ("noise after the handshake", Foreign.greeting("NULL") + Foreign.ready("DEALER") + Foreign.noise),
    ]

    @Test("do not disturb a server, many of each at once")
    func atServer() async throws {
        let bench = try FaultBench()
        defer { bench.end() }
        try await bench.neighbour.check()
        let port = try bench.port
        var connections: [RawConnection] = []
        for (name, bytes) in Self.clients {
            for round in 0..<10 {
                let connection = try RawConnection(port: port)
                // Half of them go at once, the others stay and are silent.
                try connection.send(bytes)
                if round % 2 == 0 { connections.append(connection) }
                if round == 0 { try await bench.neighbour.check() }
            }
            _ = try await bench.client.unary(TestingV1.Text(text: name), options: CallOptions(waitForReady: true))
        }
        try await bench.neighbour.check()
        withExtendedLifetime(connections) {}
    }

    private static let servers: [(name: String, door: FaultProxy.Door)] = [
        ("nobody", .shut), ("silence", .silent),
        ("HTTP", .speaking(Foreign.httpAnswer, closing: true)), ("TLS", .speaking(Foreign.tlsAlert, closing: true)),
        ("noise", .speaking(Foreign.noise, closing: false)), ("SSH", .speaking(Foreign.ssh, closing: false)),
        ("a greeting alone", .speaking(Foreign.greeting("NULL"), closing: false)),
        ("a mechanism that is not spoken", .speaking(Foreign.greeting("CURVE", isServer: true), closing: false)),
        ("another kind of socket", .speaking(Foreign.greeting("NULL") + Foreign.ready("SUB"), closing: false)),
        ("noise after the greeting", .speaking(Foreign.greeting("NULL") + Foreign.noise, closing: false)),
        (
            "noise after the handshake",
            .speaking(Foreign.greeting("NULL") + Foreign.ready("ROUTER") + Foreign.noise, closing: false)
        ),
        (
            "a message without end",
            .speaking(Foreign.greeting("NULL") + Foreign.ready("ROUTER") + Foreign.endless, closing: false)
        ),
    ]

    @Test("in a server's place make calls UNAVAILABLE in time, and are forgotten when the server is there")
    func asServer() async throws {
        // All at once: some are noticed only when the time for a handshake is up.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (name, door) in Self.servers {
                group.addTask { try await Self.call(name, door) }
            }
            try await group.waitForAll()
        }
    }

    private static func call(_ name: String, _ door: FaultProxy.Door) async throws {
        let bench = try FaultBench()
        defer { bench.end() }
        bench.proxy.setDoor(door)
        let begun = ContinuousClock.now
        let error = try await status { _ = try await bench.client.unary(TestingV1.Text(text: "x")) }
        #expect(error.code == .unavailable && error.isUnprocessed, "\(name): \(error)")
        #expect(ContinuousClock.now - begun < .seconds(5), "\(name)")
        let hurried = try await status {
            _ = try await bench.client.unary(
                TestingV1.Text(text: "x"), options: CallOptions(timeout: .milliseconds(200), waitForReady: true))
        }
        #expect(hurried.code == .deadlineExceeded, "\(name): \(hurried)")
        bench.proxy.heal()
        // The attempt that is under way would have to time out first.
        bench.proxy.cut()
        _ = try await bench.client.unary(
            TestingV1.Text(text: "x"), options: CallOptions(timeout: .seconds(5), waitForReady: true))
        try await bench.neighbour.check()
    }
}
