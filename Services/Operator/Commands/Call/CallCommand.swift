package import ArgumentParser
import Contracts
import HTTPClient
import ProtoJSON
import RPC
import RPCZeroMQ
import ServiceKit
import Wire
import ZeroMQ

package struct CallCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Calls a method of a service, or the gateway.",
        discussion: """
            The request and the answer are JSON (proto3's mapping); a stream is
            answered with a line for each message. As much of a name is enough as
            tells the method apart.

              olp call --list                             all methods
              olp call --describe Partners/GetPartner     its fields, an example
              olp call Partners/GetPartner '{"id": "0190…"}'
              olp call GetSchool @request.json            from a file; - is stdin
              olp call partnership Feed/Follow '{"untilNow": true}'
                                          a method that several services have
              olp call gateway GET /v1/partners           HTTP, with the token

            An error goes to standard error with its code; the exit code is 64 and
            the code's number.
            """)

    @OptionGroup package var gateway: GatewayOptions

    @Flag(name: .long, help: "List all methods.")
    package var list = false

    @Option(name: .long, help: ArgumentHelp("Explain a method.", valueName: "method"))
    package var describe: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where the service answers, such as ipc:///path or tcp://host:port. Default: where the suite's does.",
            valueName: "endpoint"))
    package var endpoint: String?

    @OptionGroup(title: "To services on other machines") package var security: ConnectionOptions

    @Option(name: .long, help: "Longest wait for the whole call, in seconds.")
    package var timeout = 30.0

    @Option(name: [.short, .long], help: ArgumentHelp("Metadata to send; may be repeated.", valueName: "key=value"))
    package var metadata: [String] = []

    @Option(name: .long, help: "Idempotency key; the same key and request again is answered from what was stored.")
    package var key: String?

    @Flag(name: .long, help: "Print the answer without line breaks, and an error as JSON.")
    package var json = false

    @Argument(help: ArgumentHelp("[PROCESS] SERVICE/METHOD [JSON], or gateway VERB PATH [JSON].", valueName: "word"))
    package var words: [String] = []

    package init() {}

    package func validate() throws {
        guard timeout > 0 else { throw ValidationError("--timeout is above 0.") }
        for entry in metadata where !entry.contains("=") {
            throw ValidationError("--metadata \(entry): write key=value.")
        }
    }

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        if list {
            for line in MethodHelp.list(ContractCatalogue.services) { console.print(line) }
            return
        }
        if let describe {
            for line in MethodHelp.describe(try MethodFinder.find(describe)) { console.print(line) }
            return
        }
        switch try CallWords(words) {
        case .http(let verb, let target, let body):
            try await callGateway(verb, target, body, console, surroundings)
        case .rpc(let process, let name, let request):
            let method = try MethodFinder.find(name)
            let place: Place
            if let endpoint {
                place = .endpoint(endpoint, process: process ?? MethodFinder.process(of: method))
            } else {
                place = .suite(try targetInSuite(process, method, surroundings))
            }
            try await callService(method, request, at: place, console, surroundings)
        }
    }

    /// Where a method is called.
    private enum Place {
        /// The replicas of a service of the suite on this machine.
        case suite(Target)
        /// What was written; `process`: whose key the other end must have, nil if the method does not tell.
        case endpoint(String, process: String?)
    }

    private func targetInSuite(
        _ process: String?, _ method: MethodEntry, _ surroundings: Surroundings
    ) throws(Failure) -> Target {
        guard let name = process ?? MethodFinder.process(of: method) else {
            throw Failure(
                .usage, "\(method.descriptor.fullName) is served by several processes",
                advice: "Say which: olp call partnership \(MethodFinder.shortName(method)) …")
        }
        return try SuiteState.running(in: gateway.suite.folder(surroundings), surroundings).target(name)
    }

    private func connect(_ place: Place, _ surroundings: Surroundings) throws -> (ServiceConnection, address: String) {
        switch place {
        case .suite(let target): return (try ServiceConnection(to: target), "\(target)")
        case .endpoint(let address, let process):
            let endpoint: Endpoint
            do {
                endpoint = try Endpoint(address)
            } catch {
                throw Failure(.usage, "--endpoint \(address): \(error)")
            }
            let connection = try security.connect(
                endpoint, process: process, howToSay: "olp call PROCESS SERVICE/METHOD …", surroundings)
            return (connection, address)
        }
    }

    private func callService(
        _ method: MethodEntry, _ text: String, at place: Place, _ console: Console, _ surroundings: Surroundings
    ) async throws {
        guard !method.descriptor.kind.hasRequestStream else {
            throw Failure(
                .usage, "\(MethodFinder.shortName(method)) takes a stream, which a command line cannot send",
                advice: "Use what is made for it, such as `olp import gias`.")
        }
        let request: [UInt8]
        do {
            request = try method.requestFromJSON(try ArgumentText.read(text, surroundings))
        } catch let error as JSONError {
            throw Failure(
                .usage, "the request is not a \(method.requestName): \(error)",
                advice: "Its fields: olp call --describe \(MethodFinder.shortName(method))")
        }
        var options = CallOptions(
            timeout: .seconds(timeout), metadata: Metadata(), idempotencyKey: key, waitForReady: false)
        options.metadata = try sentMetadata(surroundings)
        let (connection, address) = try connect(place, surroundings)
        defer { connection.close() }
        let channel = connection.channel.intercepted(by: [CallTracing()])
        do throws(RPCError) {
            if method.descriptor.kind.hasResponseStream {
                let stream = channel.rawServerStreaming(method.descriptor, request, options)
                while let message = try await stream.next() {
                    console.print(try Self.text(method, message.bytes, isIndented: false))
                }
            } else {
                let reply = try await channel.rawUnary(method.descriptor, request, options)
                console.print(try Self.text(method, reply, isIndented: !json))
            }
        } catch {
            throw CallFailure.describe(error, method, address, asJSON: json, console)
        }
    }

    private func sentMetadata(_ surroundings: Surroundings) throws(Failure) -> Metadata {
        var sent = Metadata()
        do throws(Metadata.Problem) {
            // Who did it, for the history: whoever may open the socket is trusted to be who they say.
            try sent.append("olp-actor-id", Array(surroundings.userName.utf8))
            try sent.append("olp-actor-kind", Array("operator".utf8))
            for entry in metadata {
                let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                try sent.append(String(parts[0]), Array(parts[1].utf8))
            }
        } catch {
            throw Failure(.usage, "\(error)")
        }
        try security.sign(&sent, surroundings)
        return sent
    }

    private static func text(_ method: MethodEntry, _ bytes: [UInt8], isIndented: Bool) throws(RPCError) -> String {
        do {
            return String(
                decoding: try method.replyToJSON(bytes, includeDefaults: true, isIndented: isIndented), as: UTF8.self)
        } catch {
            throw RPCError(.internal, "the answer is no \(method.replyName): \(error)")
        }
    }

    private func callGateway(
        _ verb: String, _ target: String, _ body: String?, _ console: Console, _ surroundings: Surroundings
    ) async throws {
        let access = try gateway.access(surroundings)
        var request = HTTPRequest(verb, target, timeout: .seconds(timeout))
        if let body {
            request.body = .bytes(try ArgumentText.read(body, surroundings))
            request.fields.append(("Content-Type", "application/json"))
        }
        if let key { request.fields.append(("Idempotency-Key", key)) }
        let reply = try await access.send(request)
        guard reply.isSuccess else {
            if json { console.print(reply.text) }
            throw Problem(reply).failure("\(verb) \(target)")
        }
        if !reply.body.isEmpty { console.print(reply.text) }
    }
}
