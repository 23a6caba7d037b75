package import ArgumentParser
import Foundation
import RPC

/// A subcommand of `olp`: it does its work with what it is given, and fails with a `Failure`.
package protocol OlpCommand: AsyncParsableCommand {
    /// Print one JSON object instead of text.
    var json: Bool { get }
    func perform(_ console: Console, _ surroundings: Surroundings) async throws
}

extension OlpCommand {
    package func run() async throws {
        try await run(.standard, .current())
    }

    /// Runs the command and tells failures in the way that was asked for.
    package func run(_ console: Console, _ surroundings: Surroundings) async throws {
        let failure: Failure
        do {
            return try await perform(console, surroundings)
        } catch let error as Failure {
            failure = error
        } catch let error as ValidationError {
            throw error
        } catch let error as ExitCode {
            throw error
        } catch is CancellationError {
            failure = Failure(.interrupted, "stopped")
        } catch let error as RPCError {
            failure = Failure(.status(error.code.rawValue), error.description)
        } catch {
            failure = Failure(.failure, "\(error)")
        }
        if json {
            let object = ["error": failure.message, "advice": failure.advice].compactMapValues(\.self)
            console.print(JSONText.object(object))
        }
        console.say("olp: \(failure.message)")
        if let advice = failure.advice { console.say("     \(advice)") }
        throw ExitCode(failure.exit.code)
    }
}

/// JSON for the results of `--json`.
package enum JSONText {
    package static func encode(_ value: some Encodable, pretty: Bool = false) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting =
            pretty
            ? [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes] : [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        guard let data = try? encoder.encode(value) else { preconditionFailure("a value of ours is always JSON") }
        return String(decoding: data, as: UTF8.self)
    }

    static func object(_ fields: [String: String]) -> String { encode(fields) }
}
