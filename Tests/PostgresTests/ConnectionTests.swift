@testable import Postgres
import Testing
import TestSupport

@Suite("One connection", .enabled(if: PostgresPrograms.areWanted, "there is no PostgreSQL here"))
struct ConnectionTests {
    private func options(_ settings: [(name: String, value: String)] = []) throws -> PostgresOptions {
        var options = PostgresOptions(try PostgresURL(SharedPostgres.cluster.url()), applicationName: "test")
        options.settings = settings
        return options
    }

    @Test("a setting that the server refuses is told, and the connection is closed once")
    func badSetting() throws {
        for _ in 0..<20 {
            let error = #expect(throws: PostgresError.self) {
                _ = try PostgresConnection(options([("statement_timeout", "soon")]))
            }
            #expect(error?.sqlState == "22023")
        }
    }

    @Test("values of every kind come back as they went, NULL and empty ones too")
    func values() throws {
        let connection = try PostgresConnection(options())
        let values: [PostgresValue] = [
            .int(.min), .int(.max), .real(-0.1), .text(""), .text("ß😀"), .bytes([]), .bytes([0, 255]), .int(0),
        ]
        let list = values.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        for _ in 0..<2 {
            let result = try connection.perform("SELECT \(list), NULL", values)
            #expect(values.indices.map { result.value(row: 0, column: $0) } == values)
            #expect(result.value(row: 0, column: values.count) == .null)
        }
    }

    @Test("sums are whole numbers where they are, and real ones where they do not fit", arguments: [
        ("0", PostgresValue.int(0)), ("-12345678901", .int(-12_345_678_901)), ("10000", .int(10_000)),
        ("100000000", .int(100_000_000)), ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
        ("9223372036854775808", .real(9_223_372_036_854_775_808)), ("1.5", .real(1.5)), ("-0.0625", .real(-0.0625)),
        ("12345.5", .real(12_345.5)),
    ])
    func numeric(text: String, value: PostgresValue) throws {
        let connection = try PostgresConnection(options())
        #expect(try connection.perform("SELECT \(text)::numeric").value(row: 0, column: 0) == value)
    }

    @Test("of statements that are sent together the first that fails is named, and the connection serves on")
    func pipeline() throws {
        let connection = try PostgresConnection(options())
        try connection.queue("SELECT 1")
        let bad = try connection.queue("SELECT 1 / $1", [.int(0)])
        try connection.queue("SELECT nothing")
        let error = #expect(throws: PostgresError.self) { try connection.run() }
        #expect(error?.statement == bad)
        #expect(error?.sqlState == "22012")
        #expect(error?.isBroken == false)
        #expect(try connection.perform("SELECT $1", [.text("on")]).value(row: 0, column: 0) == .text("on"))
    }

    @Test("what was sent ahead is done, whatever became of what was queued before")
    func ahead() throws {
        let connection = try PostgresConnection(options())
        try connection.queue("BEGIN")
        try connection.queue("SELECT nothing")
        try connection.sendAhead("ROLLBACK")
        for _ in 0..<200 {
            try connection.queue("BEGIN")
            try connection.sendAhead("ROLLBACK")
        }
        #expect(try connection.perform("SELECT pg_current_xact_id_if_assigned() IS NULL").value(row: 0, column: 0) == .int(1))
        #expect(connection.pending.isEmpty)
    }

    @Test("the statements kept are bounded, and one that gave way is prepared again")
    func bounded() throws {
        var few = try options()
        few.statementLimit = 3
        let connection = try PostgresConnection(few)
        for round in 0..<3 {
            for number in 0..<5 {
                let result = try connection.perform("SELECT \(number) + $1", [.int(1)])
                #expect(result.value(row: 0, column: 0) == .int(Int64(number + 1)), "\(round)")
            }
        }
        #expect(connection.statements.count == 3)
        let kept = try connection.perform("SELECT count(*) FROM pg_prepared_statements", keep: false)
        #expect(kept.value(row: 0, column: 0) == .int(3))
    }

    @Test("a server that does not answer in time is given up")
    func noAnswer() throws {
        var impatient = try options()
        impatient.answerWait = .milliseconds(300)
        let connection = try PostgresConnection(impatient)
        let error = #expect(throws: PostgresError.self) { try connection.perform("SELECT pg_sleep(60)") }
        #expect(error?.sqlState == PostgresError.connectionLost)
        #expect(connection.isBroken)
        #expect(throws: PostgresError.self) { try connection.perform("SELECT 1") }
    }

    @Test("a statement that nobody waits for any more is stopped")
    func stops() throws {
        let connection = try PostgresConnection(options())
        connection.shouldStop = { true }
        let error = #expect(throws: PostgresError.self) { try connection.perform("SELECT pg_sleep(60)") }
        #expect(error?.sqlState == "57014")
        #expect(try connection.perform("SELECT 1").value(row: 0, column: 0) == .int(1))
    }
}
