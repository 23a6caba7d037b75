import Foundation
import Glibc
import Logging
import RPC
import RPCZeroMQ
import ServiceLifecycle
import Storage
import Values
import ZeroMQ

/// The frame of every process: reads the configuration, opens the store, puts the service together, runs it, stops it
/// in order, and says by its exit code how it went.
package enum ServiceProcess {
    /// Runs the process to its end. What `main` calls.
    package static func run(_ definition: ServiceDefinition) async -> Never {
        // Files and sockets that the process makes are its owner's alone.
        umask(0o077)
        signal(SIGPIPE, SIG_IGN)
        exit(await run(definition, in: .system).rawValue)
    }

    /// The same inside given surroundings, without ending the process.
    package static func run(_ definition: ServiceDefinition, in surroundings: Surroundings) async -> ExitCode {
        do {
            return try await start(definition, surroundings)
        } catch let problem as ConfigurationProblem {
            let hint = problem.place == .commandLine ? " (olp-\(definition.name) --help lists the keys)" : ""
            surroundings.printError("olp-\(definition.name): \(problem)\(hint)")
            return problem.exitCode
        } catch {
            let failure = StartFailure(explaining: error)
            surroundings.printError("olp-\(definition.name): \(failure)")
            return failure.exitCode
        }
    }

    private static func start(_ definition: ServiceDefinition, _ surroundings: Surroundings) async throws -> ExitCode {
        let commandLine = try CommandLineReader(surroundings.arguments, keys: definition.allKeys)
        switch commandLine.request {
        case .help:
            surroundings.printOut(HelpText.of(definition))
            return .success
        case .version:
            surroundings.printOut("olp-\(definition.name) \(Release.version)")
            return .success
        case .checkConfiguration, .migrate, .probe, .run: break
        }
        let configuration = try Configuration(
            service: definition.name, keys: definition.allKeys, commandLine: commandLine,
            environment: surroundings.environment, readFile: readConfiguration)
        let places = try Places(definition, configuration, surroundings.environment)
        if commandLine.request == .probe {
            let address = configuration[CommonKeys.admin(port: definition.adminPort)]
            surroundings.printOut(try await ReadinessProbe.ask(address))
            return .success
        }
        guard TimeZone(identifier: "Europe/London") != nil else {
            throw StartFailure(
                .system,
                "the time zone Europe/London is not known on this machine; install the package tzdata. "
                    + "Dates of the business are London's.")
        }
        if commandLine.request == .checkConfiguration {
            _ = try ProcessSecurity.policy(definition, configuration)
            _ = try ProcessSecurity.actorVerifier(definition, configuration, clock: surroundings.wallClock)
            surroundings.printOut("The configuration can be used.")
            return .success
        }
        let frame = try ProcessFrame(definition, configuration, places, surroundings)
        if commandLine.request == .migrate {
            try frame.migrate()
            return .success
        }
        if definition.store != nil, let target = configuration[CommonKeys.copyStoreTo] {
            try await frame.copyStore(to: target)
            return .success
        }
        return try await frame.run()
    }

    private static let maximumConfigurationBytes = 1 << 20

    private static func readConfiguration(_ path: String) throws(ConfigurationProblem) -> String {
        do throws(FileFailure) {
            let bytes = try SystemFile.read(path, limit: maximumConfigurationBytes)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw FileFailure(path: path, number: 0, reason: "it is not UTF-8 text")
            }
            return text
        } catch {
            throw ConfigurationProblem(.file(path: path, line: nil), "cannot be read: \(error.reason)")
        }
    }
}

extension StartFailure {
    /// The exit code and sentence of whatever stopped the process.
    init(explaining error: any Error) {
        switch error {
        case let failure as StartFailure: self = failure
        case let error as StoreError: self.init(store: error)
        case let problem as SecurityProblem: self.init(.configuration, "\(problem)")
        case let error as FileFailure: self.init(.inputOutput, "\(error)")
        case let error as RPCError: self.init(.unavailable, "\(error)")
        default: self.init(.internal, "\(error)")
        }
    }

    private init(store error: StoreError) {
        switch error.code {
        case .lockedByOther, .unreachable: self.init(.temporaryFailure, "\(error)")
        case .unavailable, .corrupt, .busy: self.init(.inputOutput, "\(error)")
        case .migrationMismatch, .newerRelease: self.init(.configuration, "\(error)")
        case .cancelled, .constraint, .staleVersion, .keyReused, .feedMismatch, .feedAhead, .followerMoved,
            .claimLost, .badPageToken, .mismatch, .internal:
            self.init(.internal, "\(error)")
        }
    }
}
