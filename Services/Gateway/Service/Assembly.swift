package import ServiceKit

extension ServiceDefinition {
    /// The one door to the suite: HTTP and JSON outside, calls to the services inside.
    package static let gateway = ServiceDefinition(
        name: "gateway", summary: "Serves the suite's services over HTTP.", adminPort: 7100, keys: GatewayKeys.all,
        peers: Targets.all
    ) { environment in
        let token = try openToken(environment)
        let limits = GatewayLimits(environment.configuration)
        let parts = GatewayParts(
            targets: Targets(Dictionary(uniqueKeysWithValues: Targets.all.map { ($0, environment.channel(to: $0)) })),
            bearer: BearerCheck(token: token), limits: limits, readiness: environment.readiness,
            identifiers: environment.identifiers, logger: environment.logger, metrics: environment.metrics)
        var assembly = ServiceAssembly()
        assembly.services = [
            GatewayServer(
                parts: parts,
                address: HostAndPort(
                    host: environment.configuration[GatewayKeys.host], port: environment.configuration[GatewayKeys.port]
                ))
        ]
        environment.readiness.expect(GatewayServer.readinessName)
        return assembly
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
