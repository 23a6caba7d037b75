import Foundation
import RPC
import TestSupport
import Testing

/// gRPC's interoperability tests of endurance, by their names there, and cut to a length that a test run can bear.
@Suite("Interoperability: endurance", .serialized)
struct SoakCases {
    /// What one call may take: far above what it does take, and far below a hang.
    private static let latencyBound = Duration.seconds(10)

    @Test("rpc_soak: two hundred large calls in turn on one channel, none slow", arguments: Transport.allCases)
    func rpcSoak(transport: Transport) async throws {
        try await withTestService(over: transport) { client, _ async throws in
            for _ in 0..<200 { try await largeUnary(client) }
        }
    }

    @Test("long_lived_channel: a channel works on while others come and go", arguments: Transport.allCases)
    func longLivedChannel(transport: Transport) async throws {
        try await withServer(over: transport, InteropService().router) { server async throws in
            try await server.withChannel { channel async throws in
                let client = TestServiceClient(channel)
                for _ in 0..<20 {
                    try await largeUnary(client)
                    try await server.withChannel { other async throws in
                        try await largeUnary(TestServiceClient(other))
                    }
                }
                try await largeUnary(client)
            }
        }
    }

    /// In a process of its own: in the tests' own, others open and close files at the same time.
    @Test("channel_soak: a channel for each call leaves no file open", .timeLimit(.minutes(2)))
    func channelSoak() async {
        await #expect(processExitsWith: .success) {
            for transport in Transport.allCases { try await ChannelSoak.run(over: transport) }
        }
    }

    private func largeUnary(_ client: TestServiceClient) async throws {
        let start = ContinuousClock.now
        #expect(try await client.unaryCall(.large).payload?.body.count == 314_159)
        #expect(ContinuousClock.now - start < Self.latencyBound)
    }
}

/// What channel_soak does in its own process.
enum ChannelSoak {
    static func run(over transport: Transport) async throws {
        // What the first use of a transport opens stays open: libzmq's threads, the runtime's own.
        try await makeCalls(1, over: transport)
        let before = try await settled()
        try await makeCalls(50, over: transport)
        try? await poll(until: "the files of 50 channels are closed", timeout: .seconds(20)) {
            try openFiles() <= before
        }
        #expect(try openFiles() <= before, "over \(transport)")
    }

    private static func makeCalls(_ count: Int, over transport: Transport) async throws {
        try await withServer(over: transport, InteropService().router) { server async throws in
            for _ in 0..<count {
                try await server.withChannel { channel async throws in
                    let reply = try await TestServiceClient(channel).unaryCall(.large)
                    #expect(reply.payload?.body.count == 314_159)
                }
            }
        }
    }

    /// How many files are open, once that does not change any more: libzmq closes them on a thread of its own.
    private static func settled() async throws -> Int {
        var last = 0
        var looks = 0
        try await poll(until: "the number of open files stays the same") {
            let count = try openFiles()
            looks = count == last ? looks + 1 : 0
            last = count
            return looks == 20
        }
        return last
    }

    private static func openFiles() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }
}
