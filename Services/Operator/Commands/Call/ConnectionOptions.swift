package import ArgumentParser
import RPC
import RPCZeroMQ
import ServiceKit
import Values
import ZeroMQ

/// How a command is known to services over tcp, and they to it. Connections on this machine need none of it.
package struct ConnectionOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "File of the secret key to call with; `olp keys make` makes one. Else OLP_KEY_FILE.", valueName: "file"))
    package var keyFile: String?

    @Option(
        name: .long,
        help: ArgumentHelp("File of the services' public keys, one NAME KEY a line. Else OLP_KNOWN_SERVICES.", valueName: "file"))
    package var knownServices: String?

    @Flag(name: .customLong("plain-tcp"), help: "Call without encryption, and without knowing who answers.")
    package var plainTCP = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "File of the secret key to say with who acts. Else OLP_SIGNING_KEY_FILE. Needed by services that know signers.",
            valueName: "file"))
    package var signingKeyFile: String?

    package init() {}

    /// Signs the actor of the metadata, if there is a key for it.
    func sign(_ metadata: inout Metadata, _ surroundings: Surroundings) throws(Failure) {
        guard let path = signingKeyFile ?? surroundings.environment["OLP_SIGNING_KEY_FILE"] else { return }
        do throws(StartFailure) {
            let keys = try SecretKeyFile.signingKeys(surroundings.absolute(path), ownerID: surroundings.userID)
            ActorSigner(keys, clock: SystemWallClock()).sign(&metadata)
        } catch {
            throw Failure(.failure, "\(error)")
        }
    }

    /// - Parameters:
    ///   - process: whose key the other end must have.
    ///   - howToSay: the command that names it, for who has not.
    func connect(
        _ endpoint: Endpoint, process: String?, howToSay: String, _ surroundings: Surroundings
    ) throws(Failure) -> ServiceConnection {
        guard endpoint.scheme == .tcp else {
            do throws(SecurityProblem) { return try ServiceConnection(endpoint) } catch { throw Self.failure(error) }
        }
        let policy = try policy(endpoint, surroundings)
        guard process != nil || plainTCP else {
            throw Failure(
                .usage, "whose key \(endpoint) must have is not known", advice: "Say which process it is: \(howToSay)")
        }
        do throws(SecurityProblem) {
            return try ServiceConnection(endpoint, security: policy, service: process)
        } catch {
            throw Self.failure(error)
        }
    }

    private func policy(_ endpoint: Endpoint, _ surroundings: Surroundings) throws(Failure) -> SecurityPolicy {
        let key = keyFile ?? surroundings.environment["OLP_KEY_FILE"]
        let services = knownServices ?? surroundings.environment["OLP_KNOWN_SERVICES"]
        if plainTCP {
            guard keyFile == nil else {
                throw Failure(.usage, "--plain-tcp and --key-file exclude each other")
            }
            return .plainTCP
        }
        guard let key, let services else {
            throw Failure(
                .usage, "\(endpoint) needs --key-file and --known-services",
                advice: "`olp keys make` writes both. Where nobody else is on the network: --plain-tcp.")
        }
        do {
            return try ProcessSecurity.policy(
                keyFile: surroundings.absolute(key), callers: nil, services: surroundings.absolute(services))
        } catch {
            throw Failure(.failure, "\(error)")
        }
    }

    private static func failure(_ problem: SecurityProblem) -> Failure { Failure(.failure, "\(problem)") }
}
