import ChildProcess
import Contracts
import Foundation
import SuiteSupport
import TestSupport
import Testing

@Suite("olp backup and olp restore")
struct BackupJourneyTests {
    @Test("a backup that was taken while a season is played comes back as a suite in which everything fits together")
    func whilePlaying() async throws {
        try await RunningSuite.with { suite in
            async let season = suite.olp("demo", "--candidates", "60", "--seed", "11")
            // Somewhere in the middle: followers have something to follow, and go on following.
            try await poll(until: "the season to be under way", timeout: RunningSuite.patience) {
                try await suite.applicationCount() >= 10
            }
            let taken = try await suite.olp("backup", "--to", suite.folder.file("backup"))
            #expect(taken.status == .exited(0), "\(taken)")
            let played = try await season
            #expect(played.status == .exited(0), "\(played)")
            let again = try await suite.olp("backup", "--to", suite.folder.file("backup"))
            #expect(again.status == .exited(1) && again.error.contains("is not empty"))

            let restored = try TemporaryDirectory()
            let put = try await Program.run(
                Project.executable("olp"),
                ["restore", "--from", suite.folder.file("backup"), "--data", restored.file("data")])
            #expect(put.status == .exited(0), "\(put)")
            let second = try await RunningSuite.start(in: restored)
            let checked = try await second.olp("check", "--all")
            #expect(checked.status == .exited(0), "\(checked)")
            let (there, here) = try await (suite.applicationCount(), second.applicationCount())
            #expect((10...there).contains(here))
            #expect(try await second.stop() == .exited(0))
        }
    }

    @Test("a backup that is cut off in the middle is none")
    func cutOff() async throws {
        try await RunningSuite.with(["--sample", "\(Project.root)/deploy/sample"]) { suite in
            let folder = suite.folder.file("backup")
            let process = try await RunningProcess.start(
                Launch(
                    Project.executable("olp"), arguments: ["backup", "--to", folder],
                    environment: Program.environment(adding: ["OLP_DATA": suite.folder.file("data")]), output: .discard,
                    error: .append(to: suite.folder.file("backup.log")), bond: .ownGroup, signalWithParent: SIGKILL))
            try await poll(until: "the first store to be copied", timeout: RunningSuite.patience, interval: .milliseconds(1)) {
                try process.status != nil || suite.folder.read("backup.log").contains("copying")
            }
            process.send(signal: SIGKILL)
            await process.ended()
            // Else it was too quick to be cut off, and is whole.
            guard !FileManager.default.fileExists(atPath: folder + "/manifest.json") else { return }
            let put = try await Program.run(
                Project.executable("olp"), ["restore", "--from", folder, "--data", suite.folder.file("other")])
            #expect(put.status == .exited(1) && put.error.contains("holds no whole backup"), "\(put)")
            #expect(!FileManager.default.fileExists(atPath: suite.folder.file("other")))
            // The services copy for the next one at once.
            let next = try await suite.olp("backup", "--to", suite.folder.file("next"))
            #expect(next.status == .exited(0), "\(next)")
        }
    }
}

extension RunningSuite {
    /// How many applications there are, up to 100.
    fileprivate func applicationCount() async throws -> Int {
        let reply: EnrolmentV1.ListApplicationsReply = try await call("GET", "/v1/applications?pageSize=100")
        return reply.applications.count
    }
}
