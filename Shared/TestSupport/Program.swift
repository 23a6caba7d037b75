package import ChildProcess
import Foundation

/// Runs real executables and keeps what they print.
package enum Program {
    package struct Outcome: Sendable, CustomStringConvertible {
        package let status: ExitStatus
        package let output: String
        package let error: String

        package var isSuccess: Bool { status.isSuccess }
        package var description: String { "\(status)\n--- standard output\n\(output)--- standard error\n\(error)" }
    }

    /// This process's environment without the settings of the suite, so that a developer's shell changes no test.
    package static func environment(adding extra: [String: String] = [:]) -> [String: String] {
        ProcessInfo.processInfo.environment
            .filter { !$0.key.hasPrefix("OLP_") }
            .merging(extra) { $1 }
    }

    /// Runs a program to its end. It is killed, and the call throws, if it needs longer than `timeout`.
    package static func run(
        _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:],
        directory: String? = nil, timeout: Duration = .seconds(60)
    ) async throws -> Outcome {
        try await withTemporaryDirectory { folder in
            let (output, error) = (folder.file("output"), folder.file("error"))
            let process = try await RunningProcess.start(
                Launch(
                    executable, arguments: arguments, environment: Self.environment(adding: environment),
                    directory: directory, output: .append(to: output), error: .append(to: error),
                    bond: .ownGroup, signalWithParent: SIGKILL))
            do {
                let status = try await poll(for: "the end of \(executable)", timeout: timeout) { process.status }
                return Outcome(status: status, output: try folder.read("output"), error: try folder.read("error"))
            } catch {
                process.send(signal: SIGKILL)
                await process.ended()
                throw error
            }
        }
    }
}

/// The Python that holds the reference protobuf library and the OpenAPI validator: `deploy/test` makes it and names it
/// in OLP_TEST_PYTHON. Tests that need it are skipped, saying so, when it is not there.
package enum Python {
    package static let path = ProcessInfo.processInfo.environment["OLP_TEST_PYTHON"]

    package static let missing = "OLP_TEST_PYTHON is not set; deploy/test sets it"

    /// Runs a script (its text) with arguments.
    package static func run(
        _ script: String, _ arguments: [String] = [], environment: [String: String] = [:],
        timeout: Duration = .seconds(120)
    ) async throws -> Program.Outcome {
        guard let path else { throw Project.MissingExecutable(description: missing) }
        return try await withTemporaryDirectory { folder in
            let file = try folder.write(script, to: "script.py")
            return try await Program.run(path, [file] + arguments, environment: environment, timeout: timeout)
        }
    }
}

/// What whoever runs the tests may set.
package enum ProcessEnvironment {
    package static func text(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }

    package static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }
}
