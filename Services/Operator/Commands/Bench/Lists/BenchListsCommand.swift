package import ArgumentParser
import Contracts
import Foundation
import HTTPClient
import RPC

package struct BenchListsCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "lists",
        abstract: "How long each list of the suite takes with each filter and order.",
        discussion: """
            Finds the lists in the contracts, samples what they hold, and asks each
            with no filter, with each filter alone (values that occur, several, one
            that nothing has), with pairs of filters, and in each order: the first
            page, one deep in the list, and the last. One call at a time. Tests/
            Benchmarks fills a suite to measure on.

            Fails if a call fails, not if one is slow.
            """)

    @OptionGroup package var gateway: GatewayOptions

    @Option(name: .long, help: "rpc: ask the services themselves; http: ask through the gateway.")
    package var via = "rpc"

    @Option(name: .long, help: ArgumentHelp("Only lists whose name has this in it; may be repeated.", valueName: "name"))
    package var list: [String] = []

    @Option(name: .long, help: "Calls of each combination.")
    package var calls = 100

    @Option(name: .long, help: "Rows of a page.")
    package var pageSize = 100

    @Option(name: .long, help: "Pages that are read of a whole list, to get deep into it.")
    package var pages = 10_000

    @Flag(name: .long, inversion: .prefixedNo, help: "Ask with pairs of filters too.")
    package var pairs = true

    @Option(name: .long, help: "Combinations that are shown, slowest first; 0: all.")
    package var top = 30

    @Option(name: .customLong("json"), help: ArgumentHelp("Write everything as JSON.", valueName: "file"))
    package var jsonFile: String?

    package init() {}

    package var json: Bool { false }

    package func validate() throws {
        guard ["rpc", "http"].contains(via) else { throw ValidationError("--via is rpc or http.") }
        guard 1...100_000 ~= calls, 1...100 ~= pageSize, 3...1_000_000 ~= pages, top >= 0 else {
            throw ValidationError("--calls is 1 to 100000, --page-size 1 to 100, --pages 3 to 1000000, --top not below 0.")
        }
    }

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let state = try SuiteState.running(in: gateway.suite.folder(surroundings), surroundings)
        var endpoints: [String: String] = [:]
        // The first of each service: what is compared is the lists, not the replicas.
        for service in SuitePlan.all { endpoints[service] = state.service(service)?.endpoint }
        let caller = try ListCaller(endpoints: endpoints)
        defer { caller.close() }
        let access = via == "http" ? try gateway.access(surroundings) : nil
        let run = ListRun(
            caller: caller, access: access, calls: calls, pageSize: pageSize, pages: pages, withPairs: pairs,
            console: console)
        let report = try await run.run(ListMethod.all().filter { caller.serves($0) && isChosen($0) }, via: via)
        for line in report.lines(most: top) { console.print(line) }
        if let jsonFile {
            let text = JSONText.encode(report, pretty: true) + "\n"
            try Data(text.utf8).write(to: URL(fileURLWithPath: surroundings.absolute(jsonFile)), options: .atomic)
        }
        for error in report.errors { console.say("olp: \(error)") }
        guard report.errors.isEmpty else {
            throw Failure(.failure, "\(report.errors.count) combinations could not be asked")
        }
    }

    private func isChosen(_ method: ListMethod) -> Bool {
        list.isEmpty || list.contains { method.name.lowercased().contains($0.lowercased()) }
    }
}
