import ArgumentParser
package import Contracts
package import RPC
import Synchronization

/// What is called.
package struct BenchService: BenchHandlers {
    /// What Echo does; EchoInline always answers at once.
    package enum Handler: String, CaseIterable, ExpressibleByArgument, Sendable {
        case echo
        /// Answers with a row that it reads from SQLite.
        case store
        /// Answers when it has computed for some half a millisecond.
        case work
        /// Answers never; EchoInline then says in `pupils` how many such calls are open.
        case hold
    }

    private enum Work {
        case echo
        case store(BenchStore)
        case work
        case hold(OpenCalls)
    }

    /// What the handler `work` computes for each call: some 0.5 ms of a core of 2026.
    private static let stepsOfWork = 3_200_000

    private let work: Work

    init(_ handler: Handler) async throws {
        work =
            switch handler {
            case .echo: .echo
            case .store: .store(try await BenchStore())
            case .work: .work
            case .hold: .hold(OpenCalls())
            }
    }

    package func echo(_ request: BenchV1.Sample, context: ServerContext) async throws -> BenchV1.Sample {
        switch work {
        case .echo: return request
        case .store(let store): return try await store.next()
        case .work:
            var reply = request
            reply.pupils = Self.computed(from: request.pupils)
            return reply
        case .hold(let calls):
            try await calls.stayOpen()
            return request
        }
    }

    /// Something that takes time and of which nothing can be left out: each step needs the one before it.
    private static func computed(from seed: Int32) -> Int32 {
        var value = UInt64(bitPattern: Int64(seed)) | 1
        for _ in 0..<stepsOfWork { value = value &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407 }
        return Int32(truncatingIfNeeded: value >> 33)
    }

    package func echoInline(_ request: BenchV1.Sample, context: ServerContext) async throws -> BenchV1.Sample {
        guard case .hold(let calls) = work else { return request }
        var reply = request
        reply.pupils = Int32(clamping: calls.count.load(ordering: .relaxed))
        return reply
    }

    package func stream(
        _ request: BenchV1.StreamRequest, to writer: ResponseWriter<BenchV1.Sample>, context: ServerContext
    ) async throws {
        let sample = request.sample ?? BenchV1.Sample()
        for _ in 0..<request.count { try await writer.write(sample) }
    }
}

/// Calls that are held open until they are cancelled.
private final class OpenCalls: Sendable {
    let count = Atomic(0)

    func stayOpen() async throws {
        count.add(1, ordering: .relaxed)
        defer { count.subtract(1, ordering: .relaxed) }
        let end = Latch<Void>()
        try await withTaskCancellationHandler {
            try await end.wait()
        } onCancel: {
            end.set(.failure(RPCError(.cancelled, "The call was held open and has been cancelled.")))
        }
    }
}
