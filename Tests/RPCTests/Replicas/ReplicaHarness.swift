import Contracts
import RPC
import RPCZeroMQ
import Synchronization
import TestSupport
import ZeroMQ

/// Servers of one service on one machine, each on a socket of its own, and a client's side to call them with.
final class Replicas: Sendable {
    let folder: TemporaryDirectory
    let serving = ZeroMQTransport(identity: .testing("server"))
    let calling = ZeroMQTransport(identity: .testing("client"))
    /// Which replica answered each key, in order: a key that two entries have ran twice.
    let answered = Mutex<[(key: String, replica: Int)]>([])
    private let running: Mutex<[Int: ZeroMQServer]>

    init() throws {
        folder = try TemporaryDirectory()
        running = Mutex([:])
    }

    func endpoint(_ number: Int) throws -> Endpoint { try Endpoint("ipc://\(folder.path)/\(number)") }

    /// Starts the replica of that number: its unary method answers with the number.
    @discardableResult
    func start(_ number: Int, _ calls: TestCalls = TestCalls()) throws -> ZeroMQServer {
        var router = Router()
        Numbered(number: number, calls: calls, replicas: self).register(with: &router)
        let server = try serving.serve(RPCServer(router: router), at: endpoint(number))
        running.withLock { $0[number] = server }
        return server
    }

    /// Starts a replica in the place of one that has just stopped: libzmq closes a socket some time after it was told to.
    func restart(_ number: Int) async throws {
        try await poll(until: "the socket of \(number) is free") {
            do { try start(number) } catch { return false }
            return true
        }
    }

    func server(_ number: Int) -> ZeroMQServer? { running.withLock { $0[number] } }

    /// Stops a replica as a process that was told to would.
    func drain(_ number: Int) async { await running.withLock { $0.removeValue(forKey: number) }?.drain() }

    /// Ends a replica at once.
    func stop(_ number: Int) { running.withLock { $0.removeValue(forKey: number) }?.stop() }

    func end() {
        for server in running.withLock({ $0.values }) { server.stop() }
        calling.shutDown()
        serving.shutDown()
    }

    private struct Numbered: CallsHandlers {
        let number: Int
        let calls: TestCalls
        let replicas: Replicas

        func unary(_ request: TestingV1.Text, context: ServerContext) async throws -> TestingV1.Text {
            if request.text == "hang" { return try await calls.unary(request, context: context) }
            replicas.answered.withLock { $0.append((context.idempotencyKey ?? "", number)) }
            return TestingV1.Text(text: "\(number)")
        }

        func serverStream(
            _ request: TestingV1.Number, to writer: ResponseWriter<TestingV1.Number>, context: ServerContext
        ) async throws { try await calls.serverStream(request, to: writer, context: context) }

        func clientStream(
            _ requests: RequestStream<TestingV1.Number>, context: ServerContext
        ) async throws -> TestingV1.Number { try await calls.clientStream(requests, context: context) }

        func bidirectional(
            _ requests: RequestStream<TestingV1.Text>, to writer: ResponseWriter<TestingV1.Text>,
            context: ServerContext
        ) async throws { try await calls.bidirectional(requests, to: writer, context: context) }
    }
}

/// Replicas with these numbers, and a client of the target that leads to them.
func withReplicas<Result>(
    _ numbers: [Int], policy: BalancingPolicy = .roundRobin,
    _ body: (Replicas, ZeroMQChannel) async throws -> Result
) async throws -> Result {
    let replicas = try Replicas()
    defer { replicas.end() }
    for number in numbers { try replicas.start(number) }
    let target = Target.replicas(try numbers.map { try replicas.endpoint($0) })
    let channel = try replicas.calling.channel(to: target, policy: policy)
    defer { channel.close() }
    return try await body(replicas, channel)
}

extension CallsClient {
    /// The number of the replica that answers.
    func number(_ options: CallOptions = CallOptions(waitForReady: true)) async throws -> Int {
        Int(try await unary(TestingV1.Text(text: "who"), options: options).text) ?? -1
    }

    /// Calls until all of these replicas have answered.
    func reach(_ numbers: Set<Int>) async throws {
        var seen: Set<Int> = []
        try await poll(until: "\(numbers) answer") {
            seen.insert(try await number())
            return seen == numbers
        }
    }
}
