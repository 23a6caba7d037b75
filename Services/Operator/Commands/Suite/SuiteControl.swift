package import Contracts
package import RPC
import RPCZeroMQ
import ServiceKit
import Values
import ZeroMQ

/// Where a running suite is asked to change: `olp.suite.v1.Replicas` at a socket that only the suite's owner can open.
final class SuiteControl: Sendable {
    private let transport: ZeroMQTransport
    private let server: ZeroMQServer

    init(_ fleet: Fleet, at endpoint: String) throws {
        transport = ZeroMQTransport(
            identity: ProcessIdentity(
                service: "olp", instanceID: SystemIdentifiers().next().text, build: Release.version))
        var router = Router()
        ReplicasService(fleet: fleet).register(with: &router)
        do {
            server = try transport.serve(RPCServer(router: router), at: Endpoint(endpoint))
        } catch {
            transport.shutDown()
            throw Failure(.failure, "cannot be asked to change at \(endpoint): \(error)")
        }
    }

    /// Cancels the change that is being made, if there is one.
    func stop() {
        server.stop()
        transport.shutDown()
    }
}

/// Answers the calls to change a suite.
package struct ReplicasService: ReplicasHandlers {
    let fleet: Fleet

    package init(fleet: Fleet) {
        self.fleet = fleet
    }

    package func scale(
        _ request: SuiteV1.ScaleRequest, to writer: ResponseWriter<SuiteV1.ReplicaStep>, context: ServerContext
    ) async throws {
        do throws(Failure) {
            var counts = ReplicaCounts()
            for service in request.services { try counts.add(service.service, Int(service.replicas)) }
            try await fleet.scale(counts) { step in try? await writer.write(step) }
        } catch {
            throw Self.status(error)
        }
    }

    package func restart(
        _ request: SuiteV1.RestartRequest, to writer: ResponseWriter<SuiteV1.ReplicaStep>, context: ServerContext
    ) async throws {
        do throws(Failure) {
            try await fleet.restart(request.services) { step in try? await writer.write(step) }
        } catch {
            throw Self.status(error)
        }
    }

    /// What happened in the first line, what to do in those after it.
    private static func status(_ failure: Failure) -> RPCError {
        let code: StatusCode =
            switch failure.exit {
            case .status(let number): StatusCode(rawValue: number) ?? .unknown
            case .usage: .invalidArgument
            case .interrupted: .cancelled
            case .success, .failure, .notRunning, .undecided: .unavailable
            }
        return RPCError(code, failure.description)
    }
}
