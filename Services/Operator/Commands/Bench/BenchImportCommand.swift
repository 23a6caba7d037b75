package import ArgumentParser
import ChildProcess
import Contracts
import Foundation
import Glibc

package struct BenchImportCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Rows per second of a register import.",
        discussion: """
            Starts a suite of its own on an empty folder, imports the files into
            it twice (the second time nothing is new), and takes it away again.
            """)

    @Flag(name: .long, help: "Print one JSON object.")
    package var json = false

    @Argument(help: ArgumentHelp("The register's files.", valueName: "file"))
    package var files: [String]

    package init() {}

    struct Pass: Codable {
        let rows: Int64
        /// From the first byte sent to the end of the import.
        let seconds: Double
        let rowsPerSecond: Double
        /// Of Partnership, afterwards.
        let residentMegabytes: Int
    }

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let sources = try GiasSource.all(files.map(surroundings.absolute))
        let folder = "/tmp/olp-bench-\(getpid())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let port = try Port.anyFree()
        var inside = surroundings
        inside.environment["OLP_DATA"] = folder
        let plan = SuitePlan(
            folder: SuiteFolder(path: folder, surroundings: inside), host: "127.0.0.1", port: port,
            executables: surroundings.executableFolder, logLevel: nil, environment: surroundings.environment)
        let state = try await DetachedSuite(plan: plan, surroundings: inside).start()
        let passes: [Pass]
        do {
            passes = try await measure(state, sources, plan.folder, console)
        } catch {
            try? await DownCommand.stop(state, in: plan.folder)
            throw error
        }
        try await DownCommand.stop(state, in: plan.folder)
        guard !json else { return console.print(JSONText.encode(passes)) }
        for (name, pass) in zip(["new rows ", "same rows"], passes) {
            console.print(
                "\(name)  \(Figures.grouped(pass.rows)) rows in \(String(format: "%.2f", pass.seconds)) s: "
                    + "\(Figures.grouped(Int64(pass.rowsPerSecond))) rows/s, "
                    + "partnership holds \(pass.residentMegabytes) MiB")
        }
    }
}

extension BenchImportCommand {
    private func measure(
        _ state: SuiteState, _ sources: [GiasSource], _ folder: SuiteFolder, _ console: Console
    ) async throws -> [Pass] {
        let pid = state.service("partnership")?.pid
        var passes: [Pass] = []
        for _ in 1...2 {
            let progress = ImportProgress(console)
            let run = ImportRun<PartnershipV1.GiasImport>(try GatewayAccess(state), progress: progress)
            var done = PartnershipV1.GiasImport()
            let time = try await ContinuousClock().measure {
                done = try await Stoppable.run(console) { try await run.run(PartnershipV1.CreateGiasImportRequest(), sources.map(\.upload)) }
            }
            progress.end()
            guard done.state == .succeeded else { throw Failure(.failure, "the import failed: \(done.failure)") }
            let rows = done.files.map(\.rowsRead).reduce(0, +)
            passes.append(
                Pass(
                    rows: rows, seconds: time / .seconds(1), rowsPerSecond: Double(rows) / (time / .seconds(1)),
                    residentMegabytes: pid.map { ProcessCost.residentBytes(of: $0) >> 20 } ?? 0))
        }
        return passes
    }
}
