import Contracts
import OperatorCommands
import RPC
import TestSupport
import Testing

@Suite("What olp is told on its command line")
struct NamesAndFilesTests {
    private let surroundings = Surroundings(
        environment: [:], workingDirectory: "/srv/olp", userID: 1000, userName: "pat", executable: "/usr/bin/olp")

    @Test(
        "a method is found by as much of its name as tells it apart",
        arguments: [
            "olp.partnership.v1.Partners/GetPartner", "Partners/GetPartner", "GetPartner", "partners/getpartner",
        ])
    func findsMethod(name: String) throws {
        #expect(try MethodFinder.find(name).descriptor.fullName == "olp.partnership.v1.Partners/GetPartner")
    }

    @Test("a name that no method has is refused, with those that are like it")
    func unknownMethod() throws {
        let failure = try #require(throws: Failure.self) { try MethodFinder.find("Schools/Partner") }
        #expect(failure.exit == .usage)
        #expect(failure.message == "there is no method \"Schools/Partner\"")
        #expect(failure.advice?.contains("Partners/GetPartner") == true)
    }

    @Test("a method's process is the area of its package")
    func process() throws {
        #expect(try MethodFinder.process(of: MethodFinder.find("Schools/GetSchool")) == "partnership")
        #expect(try MethodFinder.process(of: MethodFinder.find("Overviews/Search")) == "gateway")
        #expect(try MethodFinder.process(of: MethodFinder.find("Health/Check")) == nil)
    }

    @Test(
        "every method's example is a request that can be sent",
        arguments: ContractCatalogue.services.flatMap(\.methods).map(\.descriptor.fullName))
    func examples(name: String) throws {
        let method = try MethodFinder.find(name)
        let example = MethodHelp.example(method.request)
        #expect(throws: Never.self, "\(example)") { try method.requestFromJSON(Array(example.utf8)) }
    }

    @Test(
        "the words of a call say process, method and request",
        arguments: [
            (["A/B"], CallWords.rpc(process: nil, method: "A/B", request: "{}")),
            (["A/B", "{\"a\":1}"], .rpc(process: nil, method: "A/B", request: "{\"a\":1}")),
            (["enrolment", "A/B", "@f"], .rpc(process: "enrolment", method: "A/B", request: "@f")),
            (["gateway", "get", "/v1/x"], .http(verb: "GET", target: "/v1/x", body: nil)),
            (["gateway", "POST", "/v1/x", "{}"], .http(verb: "POST", target: "/v1/x", body: "{}")),
        ])
    func words(words: [String], expected: CallWords) throws {
        #expect(try CallWords(words) == expected)
    }

    @Test(
        "words that make no call are refused",
        arguments: [
            [], ["partnership"], ["A/B", "{}", "more"], ["gateway"], ["gateway", "GET"], ["gateway", "GET", "v1"],
        ])
    func wrongWords(words: [String]) {
        #expect(throws: Failure.self) { try CallWords(words) }
    }

    @Test(
        "a register file is known by its columns, whatever their order",
        arguments: [
            ("\"URN\",\"LA (code)\",\"EstablishmentName\"", GiasSource.Kind.establishments),
            ("\u{FEFF}URN,EstablishmentName", .establishments),
            ("\"Group UID\",\"Group ID\",\"Group Name\"", .groups),
            ("\"URN\",\"Group UID\",\"Group Name\",\"EstablishmentName\"", .memberships),
            ("\"LinkURN\",\"URN\",\"LinkName\"", .links),
        ])
    func kinds(header: String, kind: GiasSource.Kind) {
        #expect(GiasSource.kind(header: GiasSource.header(Array((header + "\r\n1,2,3").utf8))) == kind)
    }

    @Test("a column's name may hold a comma between quotes")
    func quotedComma() {
        #expect(GiasSource.header(Array("\"a,b\",c".utf8)) == ["a,b", "c"])
    }

    @Test("a file that is none of the register's says what is expected, and nothing of what stands in it")
    func notRegister() async throws {
        try await withTemporaryDirectory { folder in
            let path = try folder.write("Amara Okafor,amara@school.example,URN\n", to: "people.csv")
            let failure = try #require(throws: Failure.self) { try GiasSource(path: path) }
            #expect(
                failure.message
                    == "\(path), line 1: this is none of the four register files; of the columns that tell them apart, its "
                    + "first line has URN only")
            #expect(failure.advice?.contains("LinkURN") == true)
            let empty = try folder.write("", to: "empty.csv")
            let nothing = try #require(throws: Failure.self) { try GiasSource(path: empty) }
            #expect(nothing.message.hasSuffix("its first line has none of the columns that tell them apart"))
        }
    }

    @Test("two files of one kind are refused, and files come in the order in which they are read")
    func order() async throws {
        try await withTemporaryDirectory { folder in
            let links = try folder.write("URN,LinkURN\n", to: "b.csv")
            let schools = try folder.write("URN,EstablishmentName\n", to: "c.csv")
            #expect(try GiasSource.all([links, schools]).map(\.kind) == [.establishments, .links])
            let other = try folder.write("URN,LinkURN\n", to: "d.csv")
            let failure = try #require(throws: Failure.self) { try GiasSource.all([links, other]) }
            #expect(failure.message == "\(links) and \(other) are both links")
        }
    }

    @Test("paths are made absolute and shown short")
    func paths() {
        #expect(surroundings.absolute("data/../x/./y") == "/srv/olp/x/y")
        #expect(surroundings.absolute("/a//b/") == "/a/b")
        #expect(surroundings.shown("/srv/olp/data/logs") == "data/logs")
        #expect(surroundings.shown("/srv/olpdata") == "/srv/olpdata")
    }

    @Test("sockets have short paths, however long the data folder's is")
    func sockets() {
        let long = "/" + String(repeating: "very-long-name/", count: 20)
        let folder = SuiteFolder(path: long, surroundings: surroundings)
        #expect(folder.socket("training-events").utf8.count <= SuiteFolder.maximumSocketPath)
        #expect(folder.runtime.hasPrefix("/tmp/olp-1000-"))
        #expect(folder.runtime != SuiteFolder(path: long + "x", surroundings: surroundings).runtime)
        var other = surroundings
        other.environment["XDG_RUNTIME_DIR"] = "/run/user/1000"
        #expect(SuiteFolder(path: long, surroundings: other).runtime.hasPrefix("/run/user/1000/olp-"))
        other.environment["XDG_RUNTIME_DIR"] = "/" + String(repeating: "x", count: 80)
        #expect(SuiteFolder(path: long, surroundings: other).runtime.hasPrefix("/tmp/olp-1000-"))
    }
}
