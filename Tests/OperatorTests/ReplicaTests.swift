import ChildProcess
import Foundation
import OperatorCommands
import TestSupport
import Testing

@Suite("Several processes of a service")
struct ReplicaTests {
    private static func surroundings(_ folder: TemporaryDirectory) -> Surroundings {
        Surroundings(
            environment: ["XDG_RUNTIME_DIR": folder.path], workingDirectory: folder.path, userID: 0, userName: "pat",
            executable: "/usr/bin/olp")
    }

    private static func plan(
        _ folder: TemporaryDirectory, _ counts: [String] = [], database: String? = nil, port: Int = 8080
    ) throws -> SuitePlan {
        SuitePlan(
            folder: SuiteFolder(path: folder.file("data"), surroundings: surroundings(folder)), host: "127.0.0.1",
            port: port, executables: "/opt/olp", logLevel: nil,
            environment: ["LANG": "C.UTF-8", SuiteDatabase.variable: "postgres://a:secret@h/olp"],
            counts: try ReplicaCounts(counts), database: try database.map(SuiteDatabase.init))
    }

    @Test("the lowest free numbers come, the highest go, and one that began alone is the first")
    func numbers() {
        let alone = [Replica("enrolment")]
        #expect(Replica.missing("enrolment", of: 3, beside: alone).map(\.name) == ["enrolment-2", "enrolment-3"])
        #expect(Replica.missing("enrolment", of: 1, beside: alone).isEmpty)
        let gap = [1, 4].map { Replica("enrolment", number: $0) }
        #expect(Replica.missing("enrolment", of: 4, beside: gap).map(\.place) == [2, 3])
        #expect(Replica.missing("enrolment", of: 3, beside: gap).map(\.place) == [2])
        #expect(Replica.surplus(over: 1, among: gap).map(\.name) == ["enrolment-4"])
        #expect(Replica.surplus(over: 2, among: gap).isEmpty)
        #expect(Replica.surplus(over: 1, among: alone + gap.dropFirst()).map(\.name) == ["enrolment-4"])
    }

    @Test(
        "a process's name says what it is one of",
        arguments: [
            ("enrolment", Replica("enrolment")), ("training-events", Replica("training-events")),
            ("training-events-12", Replica("training-events", number: 12)), ("training", nil), ("events-2", nil),
            ("enrolment-0", nil), ("enrolment-x", nil),
        ] as [(String, Replica?)])
    func names(name: String, replica: Replica?) {
        #expect(Replica(name: name) == replica)
        if let replica { #expect(replica.name == name) }
    }

    @Test("counts are read as they are written, and told in the order of the services")
    func counts() throws {
        let counts = try ReplicaCounts(["gateway=2,diagnostics=1", "enrolment=3"])
        #expect(counts.text == "enrolment=3,diagnostics=1,gateway=2")
        #expect(counts["enrolment"] == 3 && counts["partnership"] == nil)
        #expect(try ReplicaCounts([counts.text]) == counts)
    }

    @Test(
        "counts that cannot be are refused",
        arguments: [
            ("enrolment", "\"enrolment\" does not say how many processes of which service"),
            ("enrolment=", "\"enrolment=\" does not say how many processes of which service"),
            ("enrolment=1=2", "\"enrolment=1=2\" does not say how many processes of which service"),
            ("enrolment=0", "enrolment=0: a service has 1 to 32 processes on one machine"),
            ("enrolment=33", "enrolment=33: a service has 1 to 32 processes on one machine"),
            ("enrolments=2", "there is no service \"enrolments\""),
            ("gateway=2,gateway=3", "gateway is given twice"),
        ])
    func wrongCounts(word: String, message: String) throws {
        let failure = try #require(throws: Failure.self) { try ReplicaCounts([word]) }
        #expect(failure.exit == .usage && failure.message == message)
    }

    @Test(
        "a database is shown without what is secret, and each service has a schema of its own there",
        arguments: [
            ("postgres://olp@h:5432/olp", "postgres://olp@h:5432/olp", "?", false),
            ("postgres://olp:pass@h/olp", "postgres://olp@h/olp", "?", true),
            ("postgresql://olp:p%40ss%2Fw:rd@h1:1,h2:2/olp?target_session_attrs=read-write",
                "postgresql://olp@h1:1,h2:2/olp", "&", true),
            ("postgres://h/olp?user=olp&password=pass", "postgres://h/olp", "&", true),
            ("postgres:///olp?host=/run/postgresql", "postgres:///olp", "&", false),
        ])
    func database(address: String, shown: String, joint: String, holdsPassword: Bool) throws {
        let database = try SuiteDatabase(address)
        #expect(database.shown == shown)
        #expect(database.holdsPassword == holdsPassword)
        #expect(database.store(of: "training-events") == "\(address)\(joint)schema=training_events")
    }

    @Test(
        "an address that is none is refused without being repeated",
        arguments: ["mysql://olp:secret@h/olp", "secret", "postgres://olp:secret@h/olp?schema=enrolment"])
    func wrongDatabase(address: String) throws {
        let failure = try #require(throws: Failure.self) { try SuiteDatabase(address) }
        #expect(failure.exit == .usage && !failure.description.contains("secret"))
    }

    @Test("a suite without replicas has one process of each service, of its name, with a file of SQLite")
    func plainSuite() async throws {
        try await withTemporaryDirectory { folder in
            let plan = try Self.plan(folder)
            #expect(plan.processes.map(\.name) == ["partnership", "enrolment", "training-events", "diagnostics", "gateway"])
            let launch = plan.processes[1].launch(7)
            #expect(launch.executable == "/opt/olp/olp-enrolment")
            #expect(
                launch.arguments == [
                    "--listen", "ipc://\(plan.folder.runtime)/enrolment.rpc", "--peers-folder", plan.folder.peers,
                    "--store", folder.file("data/enrolment.sqlite"), "--admin", "127.0.0.1:7",
                ])
            #expect(launch.environment == ["LANG": "C.UTF-8"], "the database is nobody's business here")
        }
    }

    @Test("replicas have names, logs, sockets and gateways ports of their own, and the database in their environment only")
    func replicatedSuite() async throws {
        try await withTemporaryDirectory { folder in
            let address = "postgres://olp:secret@h/olp"
            let plan = try Self.plan(folder, ["training-events=2,gateway=3"], database: address)
            let processes = plan.processes
            #expect(
                processes.map(\.name) == [
                    "partnership", "enrolment", "training-events-1", "training-events-2", "diagnostics", "gateway-1",
                    "gateway-2", "gateway-3",
                ])
            #expect(Set(processes.map(\.log)).count == processes.count)
            #expect(Set(processes.compactMap(\.endpoint)).count == processes.count)
            #expect(processes.compactMap(\.url) == (8080...8082).map { "http://127.0.0.1:\($0)" })
            for process in processes {
                let launch = process.launch(7)
                #expect(!launch.arguments.joined().contains("secret"), "\(process.name)")
                #expect(!launch.arguments.contains("--store"))
            }
            let launch = processes[3].launch(7)
            #expect(launch.executable == "/opt/olp/olp-training-events")
            #expect(
                launch.environment == [
                    "LANG": "C.UTF-8", "OLP_TRAINING_EVENTS_STORE": "\(address)?schema=training_events",
                ])
            #expect(processes[7].launch(7).arguments.contains("8082"))
            let state = SuiteState(plan)
            #expect(state.database == "postgres://olp@h/olp" && !"\(state)".contains("secret"))
            #expect(state.replicas(of: "training-events").map(\.name) == ["training-events-1", "training-events-2"])
            #expect(state.service("training-events")?.name == "training-events-1")
            #expect(state.url == "http://127.0.0.1:8080")
        }
    }

    @Test("a second process on a file of SQLite is refused, with what to do instead")
    func refusals() async throws {
        try await withTemporaryDirectory { folder in
            let plan = try Self.plan(folder)
            let refusal = try #require(plan.refusal(of: 2, for: "enrolment"))
            #expect(refusal.message == "enrolment keeps its rows in a file of SQLite, which one process has for itself")
            #expect(refusal.advice?.contains("olp up --database postgres://USER@HOST/DATABASE --replicas enrolment=2") == true)
            #expect(plan.refusal(of: 1, for: "enrolment") == nil)
            let failure = await #expect(throws: Failure.self) { try await Self.plan(folder, ["enrolment=2"]).check() }
            #expect(failure == refusal)
            let high = try Self.plan(folder, database: "postgres://h/olp", port: 65_535)
            #expect(high.refusal(of: 2, for: "enrolment") == nil)
            #expect(high.refusal(of: 2, for: "gateway")?.advice == "Begin lower: --port 65534")
        }
    }

    @Test("the file of a service's replicas has a line for each, and is replaced at once")
    func peerLists() async throws {
        try await withTemporaryDirectory { folder in
            let lists = PeerLists(folder: folder.path)
            try lists.add("ipc:///run/a", to: "enrolment")
            try lists.add("ipc:///run/b", to: "enrolment")
            try lists.add("ipc:///run/a", to: "enrolment")
            try lists.add("ipc:///run/c", to: "diagnostics")
            #expect(try folder.read("enrolment") == "ipc:///run/a\nipc:///run/b\n")
            try lists.remove("ipc:///run/a", from: "enrolment")
            try lists.remove("ipc:///run/x", from: "enrolment")
            #expect(try folder.read("enrolment") == "ipc:///run/b\n")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["diagnostics", "enrolment"])
            let failure = try #require(throws: Failure.self) {
                try PeerLists(folder: folder.file("none")).add("ipc:///run/a", to: "enrolment")
            }
            #expect(failure.message.hasPrefix("cannot write \(folder.file("none"))/enrolment: "))
        }
    }
}
