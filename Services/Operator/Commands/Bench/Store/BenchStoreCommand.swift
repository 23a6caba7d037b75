package import ArgumentParser
import Foundation

package struct BenchStoreCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Durable writes per second, with and without shared commits.",
        discussion: """
            Writes to two new SQLite stores in turn, as a service does: look for the
            key's reply, add a row, its history, an event and the reply, and wait for
            the disk. In one store, writes that come at once share a commit and its
            wait; in the other each has its own. Prints medians of the rounds.
            """)

    @Option(name: .long, help: "Callers at a time, each writing again when it has its answer.")
    package var clients = 64

    @Option(name: .long, help: "Seconds that a round counts.")
    package var seconds = 1.0

    @Option(name: .long, help: "Seconds before them in which nothing is counted.")
    package var warmUp = 0.25

    @Option(name: .long, help: "Rounds of both, one after the other.")
    package var rounds = 5

    @Option(name: .long, help: "Writes that may share a commit.")
    package var writesPerCommit = 64

    @Option(
        name: .long,
        help: ArgumentHelp("Folder whose disk is measured; without it, that for temporary files.", valueName: "folder"))
    package var on: String?

    @Flag(name: .long, help: "Print JSON.")
    package var json = false

    package init() {}

    package func validate() throws {
        guard rounds > 0, seconds > 0, warmUp >= 0, 1...1000 ~= clients, 1...1000 ~= writesPerCommit else {
            throw ValidationError(
                "--rounds and --seconds are above 0, --warm-up is not below, --clients and --writes-per-commit are 1 to 1000."
            )
        }
    }

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let folder = try on.map { try emptyFolder(in: surroundings.absolute($0)) }
        defer { if let folder { try? FileManager.default.removeItem(atPath: folder) } }
        let shared = try BenchRecords(in: folder, named: "shared", writesPerCommit: writesPerCommit)
        defer { shared.close() }
        let alone = try BenchRecords(in: folder, named: "alone", writesPerCommit: 1)
        defer { alone.close() }
        let comparison = try await measure(shared, alone)
        guard !json else { return console.print(JSONText.encode(comparison)) }
        for row in comparison.table { console.print(row) }
    }

    /// Round by round, in turning order: what a disk can do changes within seconds.
    private func measure(_ shared: BenchRecords, _ alone: BenchRecords) async throws -> WriteComparison {
        let round = WriteRound(clients: clients, seconds: seconds, warmUp: warmUp)
        var found: (shared: [WriteFigure], alone: [WriteFigure]) = ([], [])
        for number in 0..<rounds {
            if number.isMultiple(of: 2) { found.shared.append(try await round.run(on: shared)) }
            found.alone.append(try await round.run(on: alone))
            if !number.isMultiple(of: 2) { found.shared.append(try await round.run(on: shared)) }
        }
        return WriteComparison(clients: clients, shared: found.shared, alone: found.alone)
    }

    private func emptyFolder(in folder: String) throws -> String {
        let path = "\(folder)/olp-bench-\(getpid())"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }
}
