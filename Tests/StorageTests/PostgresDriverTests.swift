import Dispatch
import Foundation
import Logging
import Postgres
@testable import Storage
import Synchronization
import Testing
import TestSupport

/// What only the driver for PostgreSQL has to do. A test that hurts its server has one of its own.
@Suite("The driver for PostgreSQL", .enabled(if: PostgresPrograms.areWanted, "there is no PostgreSQL here"))
struct PostgresDriverTests {
    private func open(_ cluster: PostgresCluster, schema: String = "library", limits: StoreLimits = .standard) throws -> Store {
        try Store(opening: StoreLocation(cluster.url(schema: schema)), service: "library", migrations: shelves, at: noon,
                  limits: limits, log: quiet)
    }

    @Test("a server that was restarted is noticed by nobody", .timeLimit(.minutes(3)))
    func restart() async throws {
        let cluster = try await PostgresCluster.start()
        let store = try open(cluster)
        try await store.write { try $0.addShelf("a") }
        #expect(try await store.read { try $0.shelfCount() } == 1)
        try await cluster.restart()
        #expect(try await store.read { try $0.shelfCount() } == 1)
        try await store.write { try $0.addShelf("b") }
        // Not even by a write whose first words would go with its COMMIT.
        try await cluster.restart()
        try await store.write { try $0.executeUnseen("INSERT INTO shelves VALUES ('c', 'c', 1)") }
        #expect(try await store.read { try $0.shelfCount() } == 3)
    }

    @Test("without a server the database is out of reach, and works again with it", .timeLimit(.minutes(3)))
    func stopped() async throws {
        let cluster = try await PostgresCluster.start()
        let store = try open(cluster)
        try await store.write { try $0.addShelf("a") }
        try await cluster.kill()
        #expect(await code { try await store.write { try $0.addShelf("b") } } == .unreachable)
        #expect(await code { _ = try await store.read { try $0.shelfCount() } } == .unreachable)
        let told = await storeError { _ = try await store.read { try $0.shelfCount() } }
        #expect(told?.description.contains(PostgresCluster.password) == false)
        try await cluster.start()
        #expect(await eventually { await code { try await store.write { try $0.addShelf("b") } } == nil })
        #expect(await eventually { (try? await store.read { try $0.shelfCount() }) == 2 })
    }

    @Test("a connection that breaks in the middle of a write costs only its repetition", .timeLimit(.minutes(3)))
    func brokenWrite() async throws {
        let (cluster, schema) = (try SharedPostgres.cluster, SharedPostgres.newSchema())
        let store = try open(cluster, schema: schema)
        let runs = Tally()
        try await store.write { writer in
            try writer.addShelf("a")
            runs.raise()
            guard runs.value == 1 else { return }
            _ = try? writer.row("SELECT pg_terminate_backend(pg_backend_pid())")
        }
        #expect(runs.value == 2)
        #expect(try await store.read { try $0.shelfCount() } == 1)
    }

    @Test("a write that stands still for too long is ended by the server, and done anew", .timeLimit(.minutes(3)))
    func standsStill() async throws {
        let (cluster, schema) = (try SharedPostgres.cluster, SharedPostgres.newSchema())
        let store = try open(cluster, schema: schema, limits: StoreLimits(stillTime: .milliseconds(100)))
        let runs = Tally()
        try await store.write { writer in
            _ = try writer.shelfCount()
            try writer.executeUnseen("INSERT INTO shelves VALUES ('a', 'a', 1)")
            runs.raise()
            if runs.value == 1 { _ = DispatchSemaphore(value: 0).wait(timeout: .now() + 0.5) }
        }
        #expect(runs.value == 2)
        #expect(try await store.read { try $0.shelfCount() } == 1)
    }

    @Test("a COMMIT whose answer is lost is told as such, and is not repeated", .timeLimit(.minutes(3)))
    func unknownOutcome() async throws {
        let (cluster, schema) = (try SharedPostgres.cluster, SharedPostgres.newSchema())
        let store = try open(cluster, schema: schema)
        // A trigger at the end of the transaction breaks the connection after COMMIT was sent.
        try await cluster.execute(
            "CREATE FUNCTION breaks() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                + "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(9); RETURN NULL; END $$",
            "CREATE CONSTRAINT TRIGGER breaks AFTER INSERT ON shelves DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
                + "WHEN (NEW.id = 'fatal') EXECUTE FUNCTION breaks()", schema: schema)
        let runs = Tally()
        let error = await storeError {
            try await store.write { writer in
                runs.raise()
                try writer.addShelf("fatal")
            }
        }
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains("did not say whether the write was kept") == true)
        #expect(runs.value == 1)
        try await store.write { try $0.addShelf("b") }
        #expect(try await store.read { try $0.shelfCount() } == 1)
    }

    @Test("a transaction that collides is run again, and not for ever", .timeLimit(.minutes(3)))
    func collisions() async throws {
        let (cluster, schema) = (try SharedPostgres.cluster, SharedPostgres.newSchema())
        let store = try open(cluster, schema: schema)
        try await cluster.execute(
            "CREATE SEQUENCE tries",
            "CREATE FUNCTION collide(times bigint) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN "
                + "IF nextval('tries') <= times THEN RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END IF; RETURN 1; END $$",
            schema: schema)
        let runs = Tally()
        try await store.write { writer in
            runs.raise()
            try writer.addShelf("a")
            _ = try writer.row("SELECT collide(3)")
        }
        #expect(runs.value == 4)
        let error = await storeError { try await store.write { _ = try $0.row("SELECT collide(1000)") } }
        #expect(error?.code == .busy)
        #expect(try await store.read { try $0.shelfCount() } == 1)
    }

    private func numbered(_ number: Int) -> StoredEvent {
        var event = event(0)
        event.id = "event-\(number)"
        return event
    }

    @Test("events of one process are told at another, and once more after the connection broke", .timeLimit(.minutes(3)))
    func notifies() async throws {
        let cluster = try await PostgresCluster.start()
        let (first, second) = (try open(cluster), try open(cluster))
        let told = Tally()
        let following = Task { for await _ in second.eventsAdded() { told.raise() } }
        let added = Tally()
        /// Adds events until one is told: the connection may not listen yet.
        func isTold() async -> Bool {
            let before = told.value
            return await eventually {
                added.raise()
                try await first.write { try $0.appendEvent(numbered(added.value)) }
                return told.value > before
            }
        }
        #expect(await isTold())
        try await cluster.stop()
        let before = told.value
        try await cluster.start()
        // Nothing was added: it is the new connection that says that it may have missed something.
        #expect(await eventually { told.value > before })
        #expect(await isTold())
        second.close()
        await following.value
    }

    @Test("writes that wait share a commit, and one that fails leaves the others alone", .timeLimit(.minutes(3)))
    func groups() async throws {
        struct Rejected: Error {}
        let (cluster, schema) = (try SharedPostgres.cluster, SharedPostgres.newSchema())
        let store = try open(cluster, schema: schema)
        try await store.write { try $0.addShelf("taken") }
        let gate = Gate()
        let running = Task {
            try await store.write { writer in
                gate.pass()
                return try writer.row("SELECT pg_current_xact_id()::text")!.text(0)
            }
        }
        #expect(await gate.waitUntilReached())
        let waiting = (0..<20).map { number in
            Task { () async throws -> String in
                try await store.write { writer in
                    switch number {
                    case 3: throw Rejected()
                    case 5: try writer.addShelf("taken")
                    case 7: try writer.executeUnseen("INSERT INTO shelves VALUES ('taken', 'taken', 1)")
                    case 9:
                        try writer.addShelf("9")
                        throw Rejected()
                    default: try writer.addShelf("\(number)")
                    }
                    return try writer.row("SELECT pg_current_xact_id()::text")!.text(0)
                }
            }
        }
        #expect(await eventually { store.driver.load.waitingWrites == 20 })
        gate.open()
        _ = try await running.value
        var transactions: Set<String> = []
        for (number, task) in waiting.enumerated() {
            switch number {
            case 3, 9: await #expect(throws: Rejected.self) { try await task.value }
            case 5, 7:
                let error = await storeError { _ = try await task.value }
                #expect(error?.breaks(.unique, "shelves.id") == true, "\(number): \(String(describing: error))")
            default: transactions.insert(try await task.value)
            }
        }
        #expect(transactions.count < 16)
        #expect(try await store.read { try $0.shelfCount() } == 17)
    }

    @Test("an error that only the COMMIT's packet brings is told to whose statement it was", .timeLimit(.minutes(3)))
    func lateErrors() async throws {
        let (cluster, schema) = (try SharedPostgres.cluster, SharedPostgres.newSchema())
        let store = try open(cluster, schema: schema)
        try await store.write { try $0.addShelf("taken") }
        let error = await storeError {
            try await store.write { try $0.executeUnseen("INSERT INTO shelves VALUES ('taken', 'b', 1)") }
        }
        #expect(error?.breaks(.unique, "shelves.id") == true)
        #expect(try await store.read { try $0.shelfCount() } == 1)
    }

    @Test("a mutation with a row, an entry, an event and a reply takes four round trips, one alone two", .timeLimit(.minutes(3)))
    func roundTrips() async throws {
        let (cluster, schema) = (try SharedPostgres.cluster, SharedPostgres.newSchema())
        let store = try open(cluster, schema: schema)
        try await store.write { try $0.addShelf("a") }
        let setup = PostgresSetup(location: try PostgresLocation(cluster.url()), service: "library", schema: schema,
                                  limits: .standard, log: quiet, jitter: { 1 })
        let session = PostgresSession(setup, .writer)
        func count(_ body: @escaping @Sendable (any Writer) throws -> Void) throws -> Int {
            let before = try session.connection().roundTrips
            let member = WriteMember(begin: { true }, run: body, finish: { #expect($0 == nil) })
            PostgresWriteGroup.run(on: session, member) { nil }
            return try session.connection().roundTrips - before
        }
        let mutation = mutation(key: "k")
        #expect(try count { writer in
            _ = try writer.row("SELECT reply FROM store_replies WHERE idempotency_key = 'k'")
            let version = try #require(try writer.advanceVersion(of: "a", in: "shelves", expected: nil))
            try writer.execute("UPDATE shelves SET name = 'b' WHERE id = 'a'")
            try writer.recordHistory(entity: "shelf", id: "a", version: version, change: "renamed", mutation)
            try writer.appendEvent(event(1))
        } == 4)
        #expect(try count { try $0.execute("UPDATE shelves SET name = 'c'") } == 2)
        #expect(try await store.read { try $0.row("SELECT version FROM shelves")!.int(0) } == 2)
    }

    @Test("a statement that takes too long is ended as busy, and so is a wait for another's write", .timeLimit(.minutes(3)))
    func limits() async throws {
        let (cluster, schema) = (try SharedPostgres.cluster, SharedPostgres.newSchema())
        let limits = StoreLimits(lockWait: .milliseconds(50), statementTime: .milliseconds(200))
        let (store, other) = (
            try open(cluster, schema: schema, limits: limits),
            try open(cluster, schema: schema, limits: StoreLimits(stillTime: .seconds(60))))
        #expect(await code { try await store.write { _ = try $0.row("SELECT pg_sleep(9)") } } == .busy)
        let gate = Gate()
        let holding = Task { try await other.write { writer in
            _ = try writer.shelfCount()
            gate.pass()
        } }
        #expect(await gate.waitUntilReached())
        #expect(await code { try await store.write { try $0.addShelf("a") } } == .busy)
        gate.open()
        try await holding.value
        try await store.write { try $0.addShelf("a") }
    }

    @Test("what a newer release changed in a table does not stop the older one", .timeLimit(.minutes(3)))
    func stalePlans() async throws {
        let (cluster, schema) = (try SharedPostgres.cluster, SharedPostgres.newSchema())
        let store = try open(cluster, schema: schema)
        try await store.write { try $0.addShelf("a") }
        for _ in 0..<3 { #expect(try await store.read { try $0.rows("SELECT * FROM shelves").count } == 1) }
        _ = try await store.write { try $0.row("SELECT * FROM shelves") }
        try await cluster.execute("ALTER TABLE shelves ADD COLUMN height BIGINT", schema: schema)
        for _ in 0..<8 { #expect(try await store.read { try $0.rows("SELECT * FROM shelves")[0].values.count } == 4) }
        #expect(try await store.write { try $0.row("SELECT * FROM shelves")!.values.count } == 4)
    }

    @Test("a NULL where a value was, and a value where NULL was, are both taken", .timeLimit(.minutes(3)))
    func nulls() async throws {
        let (cluster, schema) = (try SharedPostgres.cluster, SharedPostgres.newSchema())
        let store = try open(cluster, schema: schema)
        try await store.write { writer in
            try writer.addShelf("a")
            let covers: [[UInt8]?] = [nil, [1], nil, [2], nil]
            for (number, cover) in covers.enumerated() {
                try writer.execute("INSERT INTO books VALUES (\("b\(number)"), 'a', \(number + 1), \(cover.sqlValue))")
            }
        }
        let covers = try await store.read { try $0.rows("SELECT cover FROM books ORDER BY id").map { try $0.optionalBlob(0) } }
        #expect(covers == [nil, [1], nil, [2], nil])
    }

    @Test("texts are ordered byte by byte, whatever the order of the database is")
    func order() throws {
        let text = "CREATE TABLE a (id TEXT NOT NULL, b BIGINT DEFAULT 'TEXT', c TEXT, TEXTURE TEXT)"
        #expect(PostgresDialect.orderedByBytes(text) == "CREATE TABLE a (id TEXT COLLATE \"C\" NOT NULL, b BIGINT DEFAULT "
            + "'TEXT', c TEXT COLLATE \"C\", TEXTURE TEXT COLLATE \"C\")")
        #expect(PostgresDialect.orderedByBytes("INSERT INTO a VALUES (TEXT)") == "INSERT INTO a VALUES (TEXT)")
    }

    @Test("four services share a database, each in a schema of its name", .timeLimit(.minutes(3)))
    func schemas() async throws {
        let cluster = try SharedPostgres.cluster
        let database = try SharedPostgres.makeDatabase()
        for service in ["enrolment", "training-events"] {
            let store = try Store(opening: StoreLocation(cluster.url(database: database)), service: service, migrations: shelves, at: noon,
                                  log: quiet)
            try await store.write { try $0.addShelf(service) }
        }
        #expect(try await cluster.execute("SELECT id FROM training_events.shelves", database: database) == "training-events")
        #expect(try await cluster.execute("SELECT id FROM enrolment.shelves", database: database) == "enrolment")
    }
}
