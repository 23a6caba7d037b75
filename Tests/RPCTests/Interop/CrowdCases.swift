import RPC
import Synchronization
import TestSupport
import Testing
import Wire

/// gRPC's interoperability tests of many calls, by their names there or from its list of wishes.
@Suite("Interoperability: many calls at once", .serialized)
struct CrowdCases {
    private static let thousands = 2_000
    @Test("concurrent_large_unary: a thousand large calls at once on one channel", arguments: Transport.allCases)
    func concurrentLargeUnary(transport: Transport) async throws {
        try await withTestService(over: transport) { client, _ async throws in
            let request = GRPCTesting.SimpleRequest.large
            let answered = try await inParallel(1_000) {
                try await client.unaryCall(request).payload?.body.count == 314_159
            }
            #expect(answered == 1_000)
        }
    }

    @Test("thousands of calls are open at the same time on one channel", arguments: Transport.allCases)
    func simultaneous(transport: Transport) async throws {
        let all = Latch<Void>()
        let waiting = Mutex(0)
        let service = InteropService {
            // Nobody is answered before the last one is here.
            let count = waiting.withLock { count in
                count += 1
                return count
            }
            if count == Self.thousands { all.set(.success(())) }
            try await all.wait()
        }
        try await withTestService(over: transport, service) { client, _ async throws in
            let answered = try await inParallel(Self.thousands) {
                try await client.unaryCall(GRPCTesting.SimpleRequest(responseSize: 8)).payload == .zeros(8)
            }
            #expect(answered == Self.thousands)
        }
    }

    @Test("thousands of calls time out at the same time, and the channel goes on", arguments: Transport.allCases)
    func simultaneousTimeouts(transport: Transport) async throws {
        let service = InteropService { await untilCancelled() }
        try await withTestService(over: transport, service) { client, _ async throws in
            _ = try await client.emptyCall(GRPCTesting.Empty())
            let options = CallOptions(timeout: .milliseconds(300))
            let expired = try await inParallel(Self.thousands) {
                try await status { _ = try await client.unaryCall(GRPCTesting.SimpleRequest(), options: options) }.code
                    == .deadlineExceeded
            }
            #expect(expired == Self.thousands)
            try await poll(until: "no handler goes on") {
                service.handlers.current.begun == service.handlers.current.ended
            }
            _ = try await client.emptyCall(GRPCTesting.Empty())
        }
    }

    @Test("large answers of 450 MB together reach a client that reads them")
    func manyLargeAnswers() async throws {
        try await withTestService(over: .ipc) { client, _ async throws in
            let request = GRPCTesting.SimpleRequest(responseSize: 314_159)
            let answered = try await inParallel(1_430) { try await client.unaryCall(request).payload != nil }
            #expect(answered == 1_430)
        }
    }

    /// Runs `call` so many times at once.
    /// - Returns: how often it said yes.
    private func inParallel(_ count: Int, _ call: @escaping @Sendable () async throws -> Bool) async throws -> Int {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<count { group.addTask { try await call() } }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }
}
