import Foundation
import Testing
import TestSupport

/// The tests' own PostgreSQL: what the tests of the stores on it rest on.
@Suite("A throw-away PostgreSQL cluster", .enabled(if: PostgresPrograms.areWanted, "there is no PostgreSQL here"))
struct ClusterTests {
    @Test("it serves, keeps what was committed when all its processes are killed, and leaves nothing behind",
          .timeLimit(.minutes(3)))
    func survivesKilling() async throws {
        var cluster: PostgresCluster? = try await PostgresCluster.start(.init(isDurable: true))
        let folder = try #require(cluster?.folderPath)
        try await cluster?.execute("CREATE TABLE kept (number BIGINT)", "INSERT INTO kept VALUES (7)")
        try await cluster?.kill()
        #expect(cluster?.isRunning == false)
        await #expect(throws: PostgresCluster.Failure.self) { try await cluster?.execute("SELECT 1") }
        try await cluster?.start()
        #expect(try await cluster?.execute("SELECT number FROM kept") == "7")
        try await cluster?.restart(.immediate)
        #expect(try await cluster?.execute("SELECT number FROM kept") == "7")
        cluster = nil
        #expect(await eventually { !FileManager.default.fileExists(atPath: folder) })
    }

    @Test("a standby has what its primary acknowledged, and takes over", .timeLimit(.minutes(3)))
    func standby() async throws {
        let primary = try await PostgresCluster.start(.init(isDurable: true))
        let standby = try await primary.makeStandby(synchronous: true)
        try await primary.execute("CREATE TABLE kept (number BIGINT)", "SET synchronous_commit = on",
                                  "INSERT INTO kept VALUES (7)")
        try await primary.kill()
        try await standby.promote()
        #expect(try await standby.execute("SELECT number FROM kept") == "7")
        try await standby.execute("SET synchronous_commit = on", "INSERT INTO kept VALUES (8)")
    }

    @Test("the shared cluster gives databases, and copies of them")
    func databases() async throws {
        let cluster = try SharedPostgres.cluster
        let first = try SharedPostgres.makeDatabase()
        try await cluster.execute("CREATE TABLE things (id TEXT)", database: first)
        let second = try SharedPostgres.makeDatabase(copyOf: first)
        #expect(try await cluster.execute("SELECT count(*) FROM things", database: second) == "0")
        #expect(SharedPostgres.newSchema() != SharedPostgres.newSchema())
    }
}
