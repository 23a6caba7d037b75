import SuiteSupport
import TestSupport
import Testing

/// A client in another language, written from the wire's specification and the protos alone: `Python/`.
@Suite("A Python client", .enabled(if: Python.path != nil, "\(Python.missing)"))
struct PythonClientTests {
    @Test("does with real services whatever the wire's specification says")
    func checks() async throws {
        let python = try #require(Python.path)
        try await RunningSuite.with { suite in
            let program = "\(Project.root)/Tests/EndToEndTests/Python/checks.py"
            let outcome = try await Program.run(
                python, ["-B", program, "--data", suite.folder.file("data")], timeout: RunningSuite.patience)
            let lines = outcome.output.split(separator: "\n")
            #expect(outcome.isSuccess, "\(outcome)")
            #expect(lines.count > 30, "some checks were not made: \(outcome)")
            #expect(lines.allSatisfy { $0.hasPrefix("ok ") }, "\(outcome)")
        }
    }
}
