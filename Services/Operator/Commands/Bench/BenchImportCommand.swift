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
        defer { kill(state.pid, SIGTERM) }
        let pid = SuiteState.pid(of: "partnership", in: plan.folder)
        var passes: [Pass] = []
        for _ in 1...2 {
            let run = GiasImportRun(try GatewayAccess(state), progress: ImportProgress(console))
            var done = PartnershipV1.GiasImport()
            let time = try await ContinuousClock().measure { done = try await run.run(sources) }
            guard done.state == .succeeded else { throw Failure(.failure, "the import failed: \(done.failure)") }
            let rows = done.files.map(\.rowsRead).reduce(0, +)
            passes.append(
                Pass(
                    rows: rows, seconds: time / .seconds(1), rowsPerSecond: Double(rows) / (time / .seconds(1)),
                    residentMegabytes: pid.map { ProcessCost.residentBytes(of: $0) >> 20 } ?? 0))
        }
        guard !json else { return console.print(JSONText.encode(passes)) }
        for (name, pass) in zip(["new rows ", "same rows"], passes) {
            console.print(
                "\(name)  \(ImportProgress.grouped(pass.rows)) rows in \(String(format: "%.2f", pass.seconds)) s: "
                    + "\(ImportProgress.grouped(Int64(pass.rowsPerSecond))) rows/s, "
                    + "partnership holds \(pass.residentMegabytes) MiB")
        }
    }
}

extension SuiteState {
    /// The process that serves as `name` now.
    fileprivate static func pid(of name: String, in folder: SuiteFolder) -> Int32? {
        (try? read(folder.state))??.service(name)?.pid
    }
}
