package import ArgumentParser
import Contracts

package struct ScaleCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "scale",
        abstract: "Changes how many processes a service has while the suite runs.",
        discussion: """
            New ones are called once they are ready; those that go take no new
            calls, finish what they have, and stop. No call is lost. Returns when
            that is done; Ctrl-C takes back the step that is being taken.

              olp scale enrolment=5
              olp scale enrolment=1 gateway=2

            Services have several processes only if their rows are in PostgreSQL:
            olp up --database.
            """)

    @OptionGroup package var options: FleetOptions

    @Argument(help: ArgumentHelp("How many of which service; 1 to \(ReplicaCounts.most).", valueName: "service=n"))
    package var counts: [String]

    package var json: Bool { options.json }

    package init() {}

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let wanted = try ReplicaCounts(counts)
        let folder = options.suite.folder(surroundings)
        let request = SuiteV1.ScaleRequest(
            services: wanted.inOrder.map { .init(service: $0.service, replicas: UInt32($0.count)) })
        let state = try SuiteState.running(in: folder, surroundings)
        try await FleetCall(state: state, timeout: .seconds(options.timeout), console: console).run { client, options in
            client.scale(request, options: options)
        }
        try SuiteState.running(in: folder, surroundings)
            .show(wanted.inOrder.map(\.service), asJSON: json, console)
    }
}

package struct RestartCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "restart",
        abstract: "Starts the processes of services anew, one after the other.",
        discussion: """
            Each takes no new calls, finishes what it has, stops, and is called
            again once it is ready; then it is the next one's turn. Of several, some
            always take calls, and one that is alone gets company until it is back,
            if its rows are in PostgreSQL: no call is lost. On a file of SQLite,
            calls wait for the process to be back.

              olp restart enrolment
            """)

    @OptionGroup package var options: FleetOptions

    @Argument(help: ArgumentHelp("Names of services.", valueName: "service"))
    package var services: [String]

    package var json: Bool { options.json }

    package init() {}

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let folder = options.suite.folder(surroundings)
        let state = try SuiteState.running(in: folder, surroundings)
        let request = SuiteV1.RestartRequest(services: services)
        try await FleetCall(state: state, timeout: .seconds(options.timeout), console: console).run { client, options in
            client.restart(request, options: options)
        }
        try SuiteState.running(in: folder, surroundings).show(services, asJSON: json, console)
    }
}

extension SuiteState {
    /// Prints which processes there are of these services.
    func show(_ services: [String], asJSON: Bool, _ console: Console) {
        let names = services.map { service in (service, replicas(of: service).map(\.name)) }
        guard !asJSON else {
            return console.print(JSONText.encode(Dictionary(names) { first, _ in first }))
        }
        for (service, processes) in names { console.print("\(service): \(processes.joined(separator: ", "))") }
    }
}
