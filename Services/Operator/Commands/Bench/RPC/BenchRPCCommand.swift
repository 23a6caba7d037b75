package import ArgumentParser
import Contracts
import Foundation

package struct BenchRPCCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "rpc",
        abstract: "Calls per second between two processes of this machine.",
        discussion: """
            Starts a server as a process of its own and calls it over a socket, so
            many calls at a time, each caller calling again when it has its answer.
            Prints medians of the rounds.

            The message has the usual fields and is padded to --size. "echo" runs
            the handler on the pool as services do, "inline" on the I/O thread,
            "store" answers with a row that it reads from SQLite; with --loop,
            callers run on the client's I/O thread.

            --stream reads endless streams instead, so many at a time, and counts
            their messages. --beside-bulk times single calls alone, and then beside
            messages of --bulk-size on the same connection. --open-calls tells what
            the two processes have in memory, bare and with so many open calls.

            --keys encrypts calls over tcp, with keys made by
              olp keys make bench --folder DIR; olp keys make bench-caller --folder DIR
            """)

    @Option(name: .long, help: ArgumentHelp("Calls or streams at a time; several, with commas.", valueName: "n"))
    package var inFlight = "1,64"

    @Option(name: .long, help: "Size of the message on the wire, in bytes.")
    package var size = 1024

    @Option(name: .long, help: "Seconds that a round counts.")
    package var seconds = 1.0

    @Option(name: .long, help: "Seconds before them in which nothing is counted.")
    package var warmUp = 0.15

    @Option(name: .long, help: "Rounds of every case, one case after the other.")
    package var rounds = 5

    @Option(name: .long, help: "Which handler: echo, inline or store.")
    package var handler = CallKind.inline

    @Flag(name: .long, inversion: .prefixedNo, help: "Run the callers on the client's I/O thread.")
    package var loop = true

    @Flag(name: .long, help: "Read streams; --handler does not count.")
    package var stream = false

    @Flag(name: .long, help: "Time calls beside big messages.")
    package var besideBulk = false

    @Option(name: .long, help: "Size of those messages, in MiB.")
    package var bulkSize = 64

    @Option(name: .long, help: ArgumentHelp("Measure memory with so many open calls.", valueName: "n"))
    package var openCalls: Int?

    @Option(name: .long, help: "How the two processes talk: ipc or tcp.")
    package var transport = BenchServer.Transport.ipc

    @Option(name: .long, help: ArgumentHelp("Encrypt tcp with the keys of this folder.", valueName: "dir"))
    package var keys: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A server that runs already (olp bench serve, with the same handler).", valueName: "endpoint"))
    package var endpoint: String?

    @Option(name: .long, help: ArgumentHelp("Its process, to measure that too.", valueName: "pid"))
    package var serverPid: Int32?

    @Flag(name: .long, help: "Print JSON.")
    package var json = false

    package init() {}

    package func validate() throws {
        _ = try cases()
        guard rounds > 0, seconds > 0, warmUp >= 0, 0...1_000_000 ~= size else {
            throw ValidationError("--rounds and --seconds are above 0, --warm-up is not below, --size is 0 to 1000000.")
        }
        guard 1...1024 ~= bulkSize, 1...100_000 ~= openCalls ?? 1 else {
            throw ValidationError("--bulk-size is 1 to 1024, --open-calls 1 to 100000.")
        }
        guard [stream, besideBulk, openCalls != nil].count(where: { $0 }) <= 1 else {
            throw ValidationError("Only one of --stream, --beside-bulk and --open-calls at a time.")
        }
        guard keys == nil || (transport == .tcp || endpoint != nil) && openCalls == nil else {
            throw ValidationError("--keys is for --transport tcp, and not for --open-calls.")
        }
        guard openCalls == nil || endpoint == nil else {
            throw ValidationError("--open-calls starts its own server; leave --endpoint out.")
        }
    }

    private func cases() throws -> [Int] {
        let numbers = inFlight.split(separator: ",").map { Int($0.filter { $0 != " " }) ?? 0 }
        guard !numbers.isEmpty, numbers.allSatisfy({ 1...10_000 ~= $0 }) else {
            throw ValidationError("--in-flight is a number from 1 to 10000, or several with commas.")
        }
        return numbers
    }

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        if let openCalls { return try await measureMemory(openCalls, console, surroundings) }
        let keys = keys.map(surroundings.absolute)
        let bulkBytes = besideBulk ? bulkSize << 20 : nil
        let server =
            if let endpoint {
                BenchServer(running: endpoint, pid: serverPid)
            } else {
                try await BenchServer.start(
                    transport, handler: handler == .store ? .store : .echo, largestMessage: bulkBytes, keys: keys,
                    surroundings)
            }
        defer { server.stop() }
        let caller = try await BenchCaller(
            server, message: BenchMessage.sample(size: size), largestMessage: bulkBytes, kind: handler,
            isOnLoop: loop, keys: BenchKeys(folder: keys))
        defer { caller.close() }
        if let bulkBytes { return try await measureBesideBulk(bulkBytes, caller, console) }
        try await measureRates(caller, console)
    }

    private func measureRates(_ caller: BenchCaller, _ console: Console) async throws {
        let window = MeasuredWindow(warmUp: .seconds(warmUp), duration: .seconds(seconds))
        var found: [Int: [RateFigure]] = [:]
        for _ in 0..<rounds {
            for inFlight in try cases() {
                found[inFlight, default: []].append(
                    stream
                        ? try await caller.readStreams(inFlight, window) : try await caller.makeCalls(inFlight, window))
            }
        }
        let figures = try cases().map { RateFigure.median(of: found[$0] ?? []) }
        guard !json else { return console.print(JSONText.encode(figures)) }
        for row in RateFigure.table(figures, of: stream ? "MESSAGES/S" : "CALLS/S") { console.print(row) }
    }

    private func measureBesideBulk(_ bytes: Int, _ caller: BenchCaller, _ console: Console) async throws {
        let figure = try await caller.callBesideBulk(
            bytes, MeasuredWindow(warmUp: .seconds(warmUp), duration: .seconds(seconds)), rounds: rounds)
        guard !json else { return console.print(JSONText.encode(figure)) }
        for row in figure.table { console.print(row) }
    }

    private func measureMemory(_ calls: Int, _ console: Console, _ surroundings: Surroundings) async throws {
        let figure = try await MemoryFigure.measure(
            openCalls: calls, transport: transport, message: BenchMessage.sample(size: size), surroundings)
        guard !json else { return console.print(JSONText.encode(figure)) }
        for row in figure.table { console.print(row) }
    }
}
