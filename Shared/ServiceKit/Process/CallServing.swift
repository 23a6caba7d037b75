import Logging
import RPC
import RPCZeroMQ
import ServiceLifecycle
import ZeroMQ

/// Answers calls over ZeroMQ until the process stops, then until the last open call has ended.
struct CallServing: Service {
    static let readinessName = "rpc"

    let server: RPCServer
    let endpoints: [Endpoint]
    let transport: ZeroMQTransport
    let readiness: Readiness
    let logger: Logger

    func run() async throws {
        let listeners = try bind()
        readiness.isThere(Self.readinessName)
        // Callers that have another replica leave one alone that is not ready.
        let telling = Task { [readiness] in
            for await answer in readiness.changes() {
                for listener in listeners { listener.setServing(answer.isReady) }
            }
        }
        defer { telling.cancel() }
        do {
            try await gracefulShutdown()
        } catch {
            // Cancelled: there is no time to wait for anybody.
            for listener in listeners { listener.stop() }
            return
        }
        let open = await Self.openCalls(listeners)
        logger.notice("waiting for open calls", metadata: ["rpc.open_calls": .stringConvertible(open)])
        await withDiscardingTaskGroup { group in
            for listener in listeners { group.addTask { await listener.drain() } }
        }
    }

    private func bind() throws -> [ZeroMQServer] {
        var listeners: [ZeroMQServer] = []
        for endpoint in endpoints {
            do {
                let listener = try transport.serve(server, at: endpoint) { [logger] fault in
                    logger.warning("rpc fault", metadata: ["rpc.fault": "\(fault)"])
                }
                logger.notice("answering calls", metadata: ["rpc.endpoint": "\(listener.endpoint)"])
                listeners.append(listener)
            } catch {
                for listener in listeners { listener.stop() }
                throw StartFailure(.unavailable, "cannot answer calls at \(endpoint): \(error)")
            }
        }
        return listeners
    }

    private static func openCalls(_ listeners: [ZeroMQServer]) async -> Int {
        var open = 0
        for listener in listeners { open += await listener.openCalls() }
        return open
    }
}
