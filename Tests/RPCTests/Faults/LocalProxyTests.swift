import Glibc
import RPC
import RPCZeroMQ
import Synchronization
import TestSupport
import Testing
import ZeroMQ

/// A proxy between processes of one machine, with the RPC over it.
@Suite("A network of local sockets")
struct LocalProxyTests {
    @Test("calls go through, and whoever is hit is known by its process")
    func callers() async throws {
        try await withLocalProxy { proxy, client, place async throws in
            #expect(try await echo(client, "first"))
            let asked = Mutex<Set<Int>>([])
            proxy.treat(.init(isStalled: true)) { callers in
                asked.withLock { $0.formUnion(callers) }
                return []
            }
            try await poll(until: "the proxy asks who it is") { asked.withLock { !$0.isEmpty } }
            #expect(asked.withLock { $0 } == [Int(getpid())])
            // Nobody was chosen.
            #expect(try await echo(client, "second"))
            #expect(proxy.accepted == 1)
        }
    }

    @Test("what is said in a partition arrives after it, on the same connection")
    func partition() async throws {
        try await withLocalProxy { proxy, client, place async throws in
            #expect(try await echo(client, "first"))
            proxy.treat(.init(isStalled: true)) { $0 }
            let passed = proxy.passed(.toServer)
            let options = CallOptions(timeout: .milliseconds(300))
            let error = await statusOf { _ = try await client.unary(TestingV1.Text(text: "meanwhile"), options: options) }
            #expect(error?.code == .deadlineExceeded)
            #expect(proxy.passed(.toServer) == passed)
            proxy.heal()
            try await poll(until: "it arrives") { proxy.passed(.toServer) > passed }
            #expect(try await echo(client, "afterwards"))
            #expect(proxy.accepted == 1)
        }
    }

    @Test("a cut ends the calls of those who are chosen, and they connect again")
    func cut() async throws {
        try await withLocalProxy { proxy, client, place async throws in
            let stream = client.serverStream(TestingV1.Number(number: -1), options: CallOptions(waitForReady: true))
            _ = try await stream.next()
            proxy.cut(resetting: true) { _ in [] }
            #expect(try await echo(client, "nobody was chosen"))
            #expect(proxy.accepted == 1)
            proxy.cut(resetting: true) { $0 }
            let error = await statusOf { while try await stream.next() != nil {} }
            #expect(error?.code == .unavailable)
            #expect(try await echo(client, "again"))
            #expect(proxy.accepted > 1)
        }
    }

    @Test("what is asked can arrive while what is answered does not, and a cut after that loses the answer")
    func mute() async throws {
        try await withLocalProxy { proxy, client, place async throws in
            #expect(try await echo(client, "first"))
            proxy.treat(.init(isStalled: true), of: [.toClient]) { $0 }
            let passed = proxy.passed(.toServer)
            let call = Task { await statusOf { _ = try await client.unary(TestingV1.Text(text: "done?")) } }
            try await poll(until: "it is asked") { proxy.passed(.toServer) > passed }
            proxy.cut(resetting: true) { $0 }
            proxy.heal()
            #expect(await call.value?.code == .unavailable)
            #expect(try await echo(client, "again"))
        }
    }

    @Test("while there is no server calls wait, and they reach the one that comes")
    func noServer() async throws {
        try await withLocalProxy { proxy, client, place async throws in
            let there = place.path.withLock { path in
                defer { path = nil }
                return path
            }
            let call = Task { try await echo(client, "is anybody there?") }
            try await poll(until: "attempts to connect") { proxy.accepted > 1 }
            place.path.withLock { $0 = there }
            #expect(try await call.value)
        }
    }

    private func echo(_ client: CallsClient, _ text: String) async throws -> Bool {
        let options = CallOptions(timeout: .seconds(20), waitForReady: true)
        return try await client.unary(TestingV1.Text(text: text), options: options).text == text
    }
}

/// Where a proxy finds its server; nil: there is none.
private final class Place: Sendable {
    let path: Mutex<String?>
    init(_ path: String) { self.path = Mutex(path) }
}

private func withLocalProxy(_ body: (FaultProxy, CallsClient, Place) async throws -> Void) async throws {
    let folder = try TemporaryDirectory()
    let place = Place(folder.file("server"))
    let proxy = try FaultProxy(at: folder.file("proxy")) { place.path.withLock { $0 } }
    let serving = ZeroMQTransport(identity: .testing("server"))
    let calling = ZeroMQTransport(identity: .testing("client"))
    var router = Router()
    TestCalls().register(with: &router)
    let server = try serving.serve(RPCServer(router: router), at: Endpoint("ipc://\(folder.file("server"))"))
    let channel = try calling.channel(to: Endpoint("ipc://\(folder.file("proxy"))"), service: "server")
    defer {
        channel.close()
        server.stop()
        calling.shutDown()
        serving.shutDown()
        withExtendedLifetime(folder) {}
    }
    try await body(proxy, CallsClient(channel), place)
}
