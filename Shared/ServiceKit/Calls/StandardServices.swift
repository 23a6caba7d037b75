import Contracts
package import Logging
package import RPC
import RPCInProcess
package import Storage

/// Puts round a service's own methods what every process has: health, reflection, the event feed of its store, logging,
/// metrics, tracing and the translation of errors. Tests of a service use it too, over the in-process transport.
package enum StandardServices {
    /// - Parameter actors: who checks that an actor is signed; nil: actors are believed, as among processes of one user.
    package static func server(
        _ own: Router, store: Store?, readiness: Readiness, metrics: MetricsRegistry, logger: Logger,
        actors: ActorVerifier? = nil, tracing: CallTracing = CallTracing()
    ) -> RPCServer {
        var router = own
        if let store {
            FeedService(store: store).register(with: &router)
            StoreCopyService(service: store.service, store: store).register(with: &router)
        }
        let services = (router.services + [healthName, reflectionName]).sorted()
        HealthService(readiness: readiness, services: services).register(with: &router)
        ReflectionService(services: services).register(with: &router)
        let check = actors.map { [ActorCheck(verifier: $0)] } ?? []
        return RPCServer(
            router: router,
            interceptors: tracing.handlerInterceptors + check + [StreamEnding(readiness: readiness), ErrorMapping()],
            callInterceptors: [
                tracing, CallObserver(logger: logger, metrics: ServerCallMetrics(metrics, methods: router.methods)),
            ])
    }

    /// The way of a process to methods of its own. Errors are translated as on any other; whoever calls logs and counts,
    /// because the call is part of what they answer.
    package static func ownChannel(to own: Router) -> any Channel {
        InProcessChannel(to: RPCServer(router: own, interceptors: [ErrorMapping()]))
    }

    private static let healthName = "grpc.health.v1.Health"
    private static let reflectionName = "grpc.reflection.v1.ServerReflection"
}
