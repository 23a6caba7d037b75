import Contracts
import RPC
package import ServiceKit

extension ServiceDefinition {
    /// The one door to the suite: HTTP and JSON outside, calls to the services inside.
    package static let gateway = ServiceDefinition(
        name: "gateway", summary: "Serves the suite's services over HTTP.", adminPort: 7100, keys: GatewayKeys.all,
        peers: PeerService.allCases.map(\.rawValue), store: StoreDefinition(migrations: Migrations.all)
    ) { environment in
        let kept = GatewayStore(store: environment.store)
        let bearer = BearerCheck(
            token: try openToken(environment), book: TokenBook(store: kept, wallClock: environment.wallClock))
        let limits = GatewayLimits(environment.configuration)
        let channel = try channels(environment)
        let peers = Dictionary(uniqueKeysWithValues: PeerService.allCases.map { ($0, channel($0)) })
        var assembly = ServiceAssembly()
        OverviewsService(
            services: ServiceClients(channel), wallClock: environment.wallClock,
            time: limits.requestTime, metrics: environment.metrics, logger: environment.logger
        ).register(with: &assembly.router)
        let owners = OwnersOnly(owner: bearer.owner)
        TokenCalls(store: kept, owners: owners, wallClock: environment.wallClock).register(with: &assembly.router)
        AuditCalls(store: kept, owners: owners).register(with: &assembly.router)
        let parts = GatewayParts(
            targets: Targets(peers: peers, own: StandardServices.ownChannel(to: assembly.router)),
            bearer: bearer, limiter: limiter(kept, environment),
            audit: AuditTrail(
                store: kept, identifiers: environment.identifiers, wallClock: environment.wallClock,
                metrics: environment.metrics, logger: environment.logger),
            limits: limits, readiness: environment.readiness,
            identifiers: environment.identifiers, clock: environment.clock, jitter: environment.jitter,
            logger: environment.logger, metrics: environment.metrics)
        let drain = ListenerDrain(clock: environment.clock, logger: environment.logger)
        assembly.services = [
            AuditSweep(
                store: kept, keptFor: environment.configuration[GatewayKeys.auditTime], clock: environment.clock,
                wallClock: environment.wallClock, logger: environment.logger),
            GatewayServer(
                parts: parts,
                address: HostAndPort(
                    host: environment.configuration[GatewayKeys.host], port: environment.configuration[GatewayKeys.port]
                ),
                drain: drain),
            // The last is the first to stop.
            drain,
        ]
        environment.readiness.expect(GatewayServer.readinessName)
        return assembly
    }

    private static func limiter(_ store: GatewayStore, _ environment: ServiceEnvironment) -> RequestLimiter? {
        let perSecond = environment.configuration[GatewayKeys.rateLimit]
        guard perSecond > 0 else { return nil }
        return RequestLimiter(
            store: store, rate: RequestRate(perSecond: perSecond), wallClock: environment.wallClock,
            logger: environment.logger)
    }

    /// The way to each service; with a signing key, calls say by it who acts.
    private static func channels(
        _ environment: ServiceEnvironment
    ) throws(StartFailure) -> @Sendable (PeerService) -> any Channel {
        guard let path = environment.configuration[GatewayKeys.signingKeyFile] else {
            return { environment.channel(to: $0.rawValue) }
        }
        guard environment.configuration[CommonKeys.knownSigners] != nil else {
            throw StartFailure(
                .configuration,
                "signing-key-file needs known-signers, with the gateway's own key in it: whoever calls the gateway's methods "
                    + "by the RPC could else say that somebody acts, and have it signed")
        }
        let signer = ActorSigner(try SecretKeyFile.signingKeys(path), clock: environment.wallClock)
        return { SigningChannel(environment.channel(to: $0.rawValue), signer: signer) }
    }

    private static func openToken(_ environment: ServiceEnvironment) throws -> String {
        let path =
            try environment.configuration[GatewayKeys.tokenFile]
            ?? environment.stateFile("gateway.token", for: GatewayKeys.tokenFile.name)
        let (token, isNew) = try TokenFile.openOrCreate(path, ownerID: SystemFile.ownUserID)
        if isNew {
            environment.announce("The API token, shown this once and kept in \(path):\n\(token)")
        }
        return token
    }
}
