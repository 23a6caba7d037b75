package import ArgumentParser
import Contracts
import Foundation
import ServiceKit

package struct TokensCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "tokens",
        abstract: "Makes, lists and revokes tokens for the gateway.",
        discussion: """
            Each person and program has a token of its own, so that histories and the
            audit tell them apart, and one can be revoked alone. All of it needs the
            token of the gateway's token file.

              olp tokens make "reporting job" --out reporting.token
              olp tokens list
              olp tokens revoke token-0123456789ab
            """,
        subcommands: [MakeTokenCommand.self, ListTokensCommand.self, RevokeTokenCommand.self])

    package init() {}
}

package struct MakeTokenCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "make", abstract: "Makes a token and prints it; only its digest leaves this machine.")

    @OptionGroup package var gateway: GatewayOptions

    @Option(name: .long, help: "Days until it opens nothing any more. Default: it does not end by itself.")
    package var days: Int?

    @Option(name: .long, help: ArgumentHelp("New file to write the token to, instead of printing it.", valueName: "file"))
    package var out: String?

    @Flag(name: .long, help: "Print one JSON object.")
    package var json = false

    @Argument(help: "Who or what has it.")
    package var label: String

    package init() {}

    package func validate() throws {
        guard days.map({ 1...36_500 ~= $0 }) ?? true else { throw ValidationError("--days is 1 to 36500.") }
    }

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let token = NewToken()
        if let out {
            // First, so that none is registered that nobody has.
            do throws(FileFailure) {
                try SystemFile.create(surroundings.absolute(out), Array((token.secret + "\n").utf8))
            } catch {
                throw Failure(.failure, "cannot make the file \(error)")
            }
        }
        let end = days.map { Date.now.addingTimeInterval(Double($0) * 86_400) }
        let request = GatewayV1.RegisterTokenRequest(
            sha256: token.digest, label: label,
            expiresAt: end.map { .init(seconds: Int64($0.timeIntervalSince1970)) })
        let made: GatewayV1.Token
        do {
            made = try await gateway.access(surroundings).call("POST", "/v1/tokens", message: request)
        } catch {
            if let out { try? FileManager.default.removeItem(atPath: surroundings.absolute(out)) }
            throw error
        }
        if json {
            let fields = ["id": made.id, "token": out == nil ? token.secret : nil].compactMapValues(\.self)
            return console.print(JSONText.object(fields))
        }
        console.say("\(made.id): \(made.label)")
        if let out {
            console.say("The token is in \(out).")
        } else {
            console.say("The token, shown this once:")
            console.print(token.secret)
        }
    }
}

package struct ListTokensCommand: OlpCommand {
    package static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists tokens, never their secrets.")

    @OptionGroup package var gateway: GatewayOptions

    @Flag(name: .long, help: "Those that open nothing any more, too.")
    package var all = false

    @Flag(name: .long, help: "Print one JSON object.")
    package var json = false

    package init() {}

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let reply: GatewayV1.ListTokensReply = try await gateway.access(surroundings)
            .call("GET", "/v1/tokens\(all ? "?all=true" : "")")
        guard !json else { return console.print(reply.jsonText()) }
        let rows = reply.tokens.map { token in
            [token.id, Self.day(token.registeredAt), Self.state(token), token.label]
        }
        for row in Table.rows([["ID", "SINCE", "", "LABEL"]] + rows) { console.print(row) }
    }

    private static func state(_ token: GatewayV1.Token) -> String {
        if let revoked = token.revokedAt { return "revoked \(day(revoked))" }
        return token.expiresAt.map { "until \(day($0))" } ?? ""
    }

    private static func day(_ time: GoogleProtobuf.Timestamp?) -> String {
        guard let time else { return "" }
        return Date(timeIntervalSince1970: Double(time.seconds)).formatted(.iso8601.year().month().day())
    }
}

package struct RevokeTokenCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Ends a token: every gateway refuses it within two seconds.")

    @OptionGroup package var gateway: GatewayOptions

    @Flag(name: .long, help: "Print one JSON object.")
    package var json = false

    @Argument(help: "The token's id, as the list has it.")
    package var id: String

    package init() {}

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        guard !id.isEmpty, id.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) })
        else { throw Failure(.usage, "\"\(id)\" is no token's id", advice: "Their ids: olp tokens list") }
        let token: GatewayV1.Token = try await gateway.access(surroundings)
            .call("POST", "/v1/tokens/\(id):revoke", message: GatewayV1.RevokeTokenRequest())
        if json { console.print(token.jsonText()) } else { console.say("\(token.id) opens nothing any more.") }
    }
}
