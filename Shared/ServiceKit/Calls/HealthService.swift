import Contracts
import RPC

/// `grpc.health.v1`: whether the process, and each of its services, takes work.
struct HealthService: HealthHandlers {
    /// Most services in one list, the process itself included, as gRPC's proposal A90 has it.
    static let maximumListed = 100

    let readiness: Readiness
    /// Full names of the services that the process has.
    let services: [String]

    func check(
        _ request: HealthV1.HealthCheckRequest, context: ServerContext
    ) async throws -> HealthV1.HealthCheckResponse {
        guard isKnown(request.service) else { throw RPCError.notFound("service", request.service) }
        return response(readiness.answer)
    }

    func list(
        _ request: HealthV1.HealthListRequest, context: ServerContext
    ) async throws -> HealthV1.HealthListResponse {
        guard services.count < Self.maximumListed else {
            throw RPCError(
                .resourceExhausted,
                "The process has \(services.count) services; at most \(Self.maximumListed) are listed. "
                    + "Check them by name.")
        }
        let now = response(readiness.answer)
        return HealthV1.HealthListResponse(
            statuses: Dictionary(uniqueKeysWithValues: ([""] + services).map { ($0, now) }))
    }

    func watch(
        _ request: HealthV1.HealthCheckRequest, to writer: ResponseWriter<HealthV1.HealthCheckResponse>,
        context: ServerContext
    ) async throws {
        var last: HealthV1.HealthCheckResponse?
        for await answer in readiness.changes() {
            // The stream of an unknown service stays open: it may come with the next release of this process.
            let response = isKnown(request.service) ? response(answer) : .init(status: .serviceUnknown)
            // Other reasons for the same status are no news.
            guard response != last else { continue }
            last = response
            try await writer.write(response)
        }
    }

    private func isKnown(_ service: String) -> Bool {
        service.isEmpty || services.contains(service)
    }

    private func response(_ answer: Readiness.Answer) -> HealthV1.HealthCheckResponse {
        .init(status: answer.isReady ? .serving : .notServing)
    }
}
