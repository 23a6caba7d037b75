import ChildProcess
import Contracts
import Glibc
import SuiteSupport
import TestSupport
import Testing

@Suite("olp import gias")
struct CancelledImportTests {
    @Test("Ctrl-C cancels the import; what it had read stays, and the rest can be imported later")
    func cancel() async throws {
        try await RunningSuite.with(environment: ["OLP_PARTNERSHIP_IMPORT_BATCH_ROWS": "100"]) { suite in
            let rows = 20_000
            let file = try suite.folder.write(RegisterFile.establishments(rows: rows), to: "register.csv")
            let (output, error) = (suite.folder.file("output"), suite.folder.file("error"))
            let process = try await RunningProcess.start(
                Launch(
                    Project.executable("olp"), arguments: ["import", "gias", file],
                    environment: Program.environment(adding: ["OLP_DATA": suite.folder.file("data")]),
                    output: .append(to: output), error: .append(to: error), bond: .ownGroup, signalWithParent: SIGKILL))
            try await poll(until: "the import to read rows", timeout: RunningSuite.patience) {
                let reply: PartnershipV1.ListGiasImportsReply = try await suite.call("GET", "/v1/gias-imports")
                return (reply.imports.first?.files.first?.rowsRead ?? 0) > 0
            }
            process.send(signal: SIGINT)
            let end = try await poll(for: "the end of olp", timeout: RunningSuite.patience) { process.status }
            let (said, warned) = try (suite.folder.read("output"), suite.folder.read("error"))
            #expect(end == .exited(130), "\(warned)")
            #expect(said.contains("The import was cancelled."))

            let held = try await suite.call("GET", "/v1/gias-imports", as: PartnershipV1.ListGiasImportsReply.self)
            let cancelled = try #require(held.imports.first)
            #expect(cancelled.state == .cancelled)
            #expect((1..<Int64(rows)).contains(cancelled.files.first?.inserted ?? 0))
        }
    }
}
