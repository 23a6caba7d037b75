import Contracts
import Foundation
import RPC
import Synchronization
import TestSupport
import Testing
import ZeroMQ

@testable import RPCZeroMQ

@Suite("Who the replicas are")
struct ResolverTests {
    @Test("a target is read as people write it", arguments: [
        ("ipc:///run/a", "ipc:///run/a"),
        ("tcp://a:1, tcp://b:2,tcp://a:1", "tcp://a:1,tcp://b:2"),
        ("file:///run/olp/enrolment", "file:///run/olp/enrolment"),
        ("dns:///enrolment.olp:7401", "dns:///enrolment.olp:7401"),
    ])
    func target(text: String, read: String) throws {
        #expect(try Target(text).description == read)
    }

    @Test("a target that is none says what is wrong", arguments: [
        ("udp://a:1", "only ipc:// and tcp:// are served"),
        ("file://relative", "the path must be absolute"),
        ("dns:///enrolment", "it needs host and port"),
        ("dns:///enrolment:0", "it needs host and port"),
        ("nonsense", "it needs a scheme"),
    ])
    func noTarget(text: String, reason: String) throws {
        let error = #expect(throws: Endpoint.Problem.self) { try Target(text) }
        #expect(error?.reason.contains(reason) == true)
    }

    @Test("an edit of the file adds and removes replicas at once, and a broken one changes nothing")
    func file() async throws {
        let replicas = try Replicas()
        defer { replicas.end() }
        let path = "\(replicas.folder.path)/replicas"
        for number in 1...3 { try replicas.start(number) }
        func write(_ lines: [String]) throws {
            try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
        }
        try write(["# one for now", "\(try replicas.endpoint(1))"])
        let channel = try replicas.calling.channel(to: Target("file://\(path)"), policy: .roundRobin)
        defer { channel.close() }
        let client = CallsClient(channel)
        for _ in 0..<5 { #expect(try await client.number() == 1) }
        try write((1...3).map { "\(try replicas.endpoint($0))  # number \($0)" })
        try await client.reach([1, 2, 3])
        try write(["\(try replicas.endpoint(2))", "\(try replicas.endpoint(3))"])
        try await poll(until: "the first was left") {
            for _ in 0..<6 where try await client.number() == 1 { return false }
            return true
        }
        try write(["no endpoint at all"])
        try await client.reach([2, 3])
        try FileManager.default.removeItem(atPath: path)
        try await client.reach([2, 3])
        try write(["\(try replicas.endpoint(1))"])
        try await poll(until: "only the first answers") {
            for _ in 0..<6 where try await client.number() != 1 { return false }
            return true
        }
    }

    @Test("a replica that leaves the list finishes its open calls")
    func leaving() async throws {
        let replicas = try Replicas()
        defer { replicas.end() }
        try replicas.start(1)
        try replicas.start(2)
        let resolver = HandResolver([try replicas.endpoint(1)])
        let channel = replicas.calling.channel(
            to: .replicas([]), policy: .roundRobin, resolver: resolver)
        defer { channel.close() }
        let client = CallsClient(channel)
        let second = try replicas.endpoint(2)
        try await client.bidirectional { writer, answers async throws in
            try await writer.write(TestingV1.Text(text: "before"))
            #expect(try await answers.next()?.text == "before")
            resolver.tell(.success([second]))
            try await poll(until: "new calls go to the second") { try await client.number() == 2 }
            try await writer.write(TestingV1.Text(text: "after"))
            #expect(try await answers.next()?.text == "after")
        }
        for _ in 0..<5 { #expect(try await client.number() == 2) }
    }

    @Test("without a list calls end UNAVAILABLE and say why; those that wait get through once there is one")
    func noList() async throws {
        let replicas = try Replicas()
        defer { replicas.end() }
        try replicas.start(1)
        let resolver = HandResolver(nil)
        let channel = replicas.calling.channel(to: .replicas([]), policy: .roundRobin, resolver: resolver)
        defer { channel.close() }
        resolver.tell(.failure(RPCError(.notFound, "no such name")))
        let client = CallsClient(channel)
        try await poll(until: "the list's failure is known") {
            let error = try await status { _ = try await client.number(CallOptions(timeout: .seconds(5))) }
            // A list that cannot be had is never passed on as a code of the application's own.
            return error.code == .unavailable && error.message.contains("no such name")
        }
        async let late = client.number()
        resolver.tell(.success([try replicas.endpoint(1)]))
        #expect(try await late == 1)
    }

    @Test("a name is looked up again after half a minute, and after a failure at most every five seconds")
    func dns() async throws {
        let thread = IOThread(name: "test-io")
        let asking = IOThread(name: "test-dns")
        defer {
            thread.stop()
            asking.stop()
        }
        let looks = Mutex(0)
        let answers = Mutex<[[String]]>([])
        let second: UInt64 = 1_000_000_000
        // Ahead of the thread's own clock, so that no timer fires while the test counts looks.
        let now = Mutex<UInt64>(IOThread.clock() + 3600 * second)
        let resolver = DNSResolver(
            host: "enrolment", port: 7401, on: thread, asking: asking, now: { now.withLock { $0 } }
        ) { host, port throws(HostLookup.Failure) in
            let count = looks.withLock { looks in
                looks += 1
                return looks
            }
            if count == 2 { throw HostLookup.Failure("\(host): name server is silent") }
            do { return [try Endpoint("tcp://10.0.0.\(count):\(port)")] } catch { throw HostLookup.Failure("\(error)") }
        }
        resolver.start { result in answers.withLock { $0.append((try? result.get()) ?? ["failed"]) } }
        func answered(_ count: Int) async throws {
            try await poll(until: "\(count) answers") { answers.withLock { $0.count } == count }
        }
        try await answered(1)
        now.withLock { $0 += 6 * second }
        resolver.lookAgain()
        try await answered(2)
        // Too soon: this one is put off, and with the others becomes one look.
        for _ in 0..<10 { resolver.lookAgain() }
        let isQuiet = Mutex(false)
        thread.submit { isQuiet.withLock { $0 = true } }
        try await poll(until: "the thread has come to it") { isQuiet.withLock { $0 } }
        #expect(looks.withLock { $0 } == 2)
        now.withLock { $0 += 6 * second }
        resolver.lookAgain()
        try await answered(3)
        #expect(answers.withLock { $0 } == [["tcp://10.0.0.1:7401"], ["failed"], ["tcp://10.0.0.3:7401"]])
        resolver.stop()
    }

    @Test("the system's own look-up finds this machine")
    func localhost() throws {
        let found = try HostLookup.endpoints(of: "localhost", port: 7401).map(\.description)
        #expect(found.contains("tcp://127.0.0.1:7401"))
        #expect(throws: HostLookup.Failure.self) { try HostLookup.endpoints(of: "no.such.host.invalid", port: 1) }
    }
}

/// Tells what the test says.
private final class HandResolver: Resolver {
    private struct State {
        var observer: Observer?
        var list: Result<[String], RPCError>?
    }

    private let state: Mutex<State>

    init(_ endpoints: [Endpoint]?) { state = Mutex(State(list: endpoints.map { .success($0.map(\.description)) })) }

    func tell(_ list: Result<[Endpoint], RPCError>) {
        let texts = list.map { $0.map(\.description) }
        let observer = state.withLock { state in
            state.list = texts
            return state.observer
        }
        observer?(texts)
    }

    func start(_ observer: @escaping Observer) {
        let list = state.withLock { state in
            state.observer = observer
            return state.list
        }
        if let list { observer(list) }
    }

    func lookAgain() {}
    func stop() { state.withLock { $0.observer = nil } }
}
