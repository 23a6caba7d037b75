import Foundation
import Glibc
import SuiteSupport
import TestSupport

/// A folder with links to the suite's programs, for `olp up --bin`: a service whose link is gone cannot be started again.
struct ProgramFolder {
    private static let services = ["partnership", "enrolment", "training-events", "diagnostics", "gateway"]

    let path: String

    init(in folder: TemporaryDirectory) throws {
        path = folder.file("bin")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        for service in Self.services { try letUp(service) }
    }

    private func link(_ service: String) -> String { "\(path)/olp-\(service)" }

    /// Ends a service without warning, so that it stays away, and gives the id that it had.
    func holdDown(_ service: String, in suite: RunningSuite) async throws -> Int32 {
        try FileManager.default.removeItem(atPath: link(service))
        let pid = try await suite.killService(service)
        try await poll(until: "\(service) to be gone", timeout: RunningSuite.patience) {
            kill(pid, 0) != 0 && suite.service(service)?.phase == "waiting"
        }
        return pid
    }

    /// Lets it be started again.
    func letUp(_ service: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: link(service), withDestinationPath: Project.executable("olp-\(service)"))
    }
}
