@testable import Postgres
import Testing

@Suite("The URL of a database")
struct URLTests {
    @Test("everything that libpq takes is read")
    func reads() throws {
        let url = try PostgresURL(
            "postgresql://me%40work:s%2Fecret@one:5432,[::1]:5433/olp?sslmode=require&schema=enrolment", extra: ["schema"])
        #expect(url.parameters == [
            "user": "me@work", "password": "s/ecret", "host": "one,::1", "port": "5432,5433", "dbname": "olp",
            "sslmode": "require",
        ])
        #expect(url.extra == ["schema": "enrolment"])
    }

    @Test("a folder of sockets may be the host, in both ways of writing it")
    func sockets() throws {
        #expect(try PostgresURL("postgres://%2Frun%2Fpg/olp").parameters == ["host": "/run/pg", "dbname": "olp"])
        #expect(try PostgresURL("postgres:///olp?host=/run/pg").parameters == ["host": "/run/pg", "dbname": "olp"])
    }

    @Test("a description holds no password, however it is asked for")
    func hidesPassword() throws {
        let url = try PostgresURL("postgres://me:hush@one:5432/olp?sslpassword=hush&options=hush")
        var dumped = ""
        dump(url, to: &dumped)
        for text in ["\(url)", String(reflecting: url), "\([url])", dumped, "\(Optional(url) as Any)"] {
            #expect(!text.contains("hush"))
            #expect(text.contains("me@one:5432/olp"))
        }
    }

    @Test("a complaint says what is wrong and repeats no secret", arguments: [
        ("mysql://one/olp", "begin with postgres://"), ("postgres://me:hush@one:0/olp", "port"),
        ("postgres://me:hush@one:70000/olp", "port"), ("postgres://me:hu%zz@one/olp", "the password has a %"),
        ("postgres://me:hush/hush@one/olp", "port of a host"), ("postgres://me:hush@one/olp/hush", "%2F"),
        ("postgres://me:hush@one/olp?nonsense=hush", "\"nonsense\""), ("postgres://me:hush@one/olp?sslmode", "lacks its ="),
        ("postgres://me:hush@[::1/olp", "lacks its ]"), ("postgres://me:hush@one,,two/olp", "empty"),
        ("postgres://me:hush#hush@one/olp", "%23"),
    ])
    func complains(text: String, part: String) {
        let problem = #expect(throws: PostgresURL.Problem.self) { try PostgresURL(text, extra: ["schema"]) }
        #expect(problem?.description.contains(part) == true, "\(problem?.description ?? "")")
        #expect(problem?.description.contains("hush") == false)
    }

    @Test("the columns are read from a server's detail, in any language, without their values")
    func detail() {
        #expect(PostgresError.keyColumns(detail: "Key (name)=(Poetry) already exists.") == ["name"])
        #expect(PostgresError.keyColumns(detail: "Schlüssel »(a, b)=(1, )=()« existiert bereits.") == ["a", "b"])
        #expect(PostgresError.keyColumns(detail: "Failing row contains (1, 2).") == [])
    }
}
