import ChildProcess
import Contracts
import Foundation
import SuiteSupport
import TestSupport
import Testing

/// The whole way of a suite's stores: files, a database, a backup taken there, another database and files again.
@Suite("Moving between files and PostgreSQL", .enabled(if: PostgresPrograms.areWanted))
struct DatabaseMoveTests {
    @Test("a suite that has outgrown its files goes on in PostgreSQL, and its backup comes back there and as files")
    func thereAndBack() async throws {
        let cluster = try await PostgresCluster.start()
        for name in ["olp", "second"] { try await cluster.execute("CREATE DATABASE \(name)") }
        let (url, second) = (cluster.url(database: "olp"), cluster.url(database: "second"))
        let folder = try TemporaryDirectory()

        let onFiles = try await RunningSuite.start(in: folder)
        try await Self.succeeds(onFiles.olp("demo", "--candidates", "30", "--seed", "5"))
        let early = try await onFiles.olp("store", "copy", "--database", url)
        #expect(early.status == .exited(1) && early.error.contains("a suite runs on"), "\(early)")
        let before = try await Self.applications(onFiles)
        #expect(try await onFiles.stop() == .exited(0))

        let copied = try await onFiles.olp("store", "copy", "--database", url)
        try await Self.succeeds(copied)
        #expect(copied.output.split(separator: "\n").count == RunningSuite.services.count, "\(copied)")
        let again = try await onFiles.olp("store", "copy", "--database", url)
        #expect(again.status == .exited(1), "what is there already is not written over: \(again)")

        let onDatabase = try await RunningSuite.start(
            in: folder, ["--replicas", "enrolment=2"], environment: ["OLP_DATABASE": url])
        #expect(try await Self.applications(onDatabase) == before)
        try await Self.isWell(onDatabase)
        // Feeds go on where they were, and the backup is taken in the middle of it.
        async let season = onDatabase.olp("demo", "--candidates", "30", "--seed", "6", "--into-existing")
        try await Self.succeeds(onDatabase.olp("backup", "--to", folder.file("backup")))
        try await Self.succeeds(season)
        try await Self.isWell(onDatabase)
        #expect(try await onDatabase.stop() == .exited(0))

        try await Self.comesBack(folder.file("backup"), atLeast: before, into: second)
        try await Self.comesBack(folder.file("backup"), atLeast: before, into: nil)
    }

    /// Restores a backup into a database, or as files, and runs a suite on it.
    private static func comesBack(_ backup: String, atLeast before: Int, into database: String?) async throws {
        let folder = try TemporaryDirectory()
        let environment = database.map { ["OLP_DATABASE": $0] } ?? [:]
        try await succeeds(
            Program.run(
                Project.executable("olp"), ["restore", "--from", backup, "--data", folder.file("data")],
                environment: environment))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("data"))
        #expect(names.contains("enrolment.sqlite") == (database == nil), "\(names)")
        let suite = try await RunningSuite.start(in: folder, environment: environment)
        try await isWell(suite)
        #expect(try await applications(suite) >= before)
        #expect(try await suite.stop() == .exited(0))
    }

    private static func succeeds(_ outcome: Program.Outcome) async throws {
        #expect(outcome.status == .exited(0), "\(outcome)")
    }

    private static func isWell(_ suite: RunningSuite) async throws {
        try await succeeds(suite.olp("check", "--all"))
    }

    private static func applications(_ suite: RunningSuite) async throws -> Int {
        let reply: EnrolmentV1.ListApplicationsReply = try await suite.call("GET", "/v1/applications?pageSize=100")
        return reply.applications.count
    }
}
