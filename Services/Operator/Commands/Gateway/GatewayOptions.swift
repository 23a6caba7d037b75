package import ArgumentParser

/// Which gateway a command talks to.
package struct GatewayOptions: ParsableArguments {
    @OptionGroup package var suite: SuiteOptions

    @Option(name: .long, help: "Another gateway than that of the suite on this machine, such as http://host:8080.")
    package var url: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "File with the token for it. Else the suite's own, or the variable OLP_TOKEN.", valueName: "file"))
    package var tokenFile: String?

    package init() {}

    package func access(_ surroundings: Surroundings) throws(Failure) -> GatewayAccess {
        var token = surroundings.environment["OLP_TOKEN"]
        if let tokenFile { token = try GatewayAccess.readToken(surroundings.absolute(tokenFile)) }
        guard let url else {
            let state = try SuiteState.running(in: suite.folder(surroundings), surroundings)
            return try GatewayAccess(state, token: token)
        }
        guard let token else {
            throw Failure(.usage, "--url needs a token", advice: "Give --token-file FILE or the variable OLP_TOKEN.")
        }
        return try GatewayAccess(url: url, token: token)
    }
}
