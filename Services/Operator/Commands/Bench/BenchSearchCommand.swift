package import ArgumentParser
import Contracts
import HTTPClient
import RPC

package struct BenchSearchCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Searches per second of the suite that runs.",
        discussion: """
            Searches schools by words of their own names and towns, beginnings of
            words, slips of the fingers and postcodes, in turn.
            """)

    @OptionGroup package var gateway: GatewayOptions

    @Option(name: .long, help: "rpc: ask Partnership itself; http: ask through the gateway.")
    package var via = "rpc"

    @Option(name: .long, help: "Searches at a time.")
    package var inFlight = 4

    @Option(name: .long, help: "Seconds that are counted.")
    package var seconds = 5.0

    @Flag(name: .long, help: "Print one JSON object.")
    package var json = false

    package init() {}

    package func validate() throws {
        guard ["rpc", "http"].contains(via) else { throw ValidationError("--via is rpc or http.") }
        guard 1...1000 ~= inFlight, seconds > 0 else { throw ValidationError("--in-flight is 1 to 1000.") }
    }

    struct Report: Codable {
        let via: String
        let inFlight: Int
        let searchesPerSecond: Double
        let p50Milliseconds: Double
        let p99Milliseconds: Double
    }

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let access = try gateway.access(surroundings)
        let queries = try await Self.queries(access)
        let result: ClosedLoop.Result
        if via == "http" {
            result = try await overHTTP(access, queries)
        } else {
            result = try await overRPC(surroundings, queries)
        }
        let report = Report(
            via: via, inFlight: inFlight, searchesPerSecond: result.perSecond,
            p50Milliseconds: result.latencies.milliseconds(0.5),
            p99Milliseconds: result.latencies.milliseconds(0.99))
        guard !json else { return console.print(JSONText.encode(report)) }
        console.print(
            "\(Int(report.searchesPerSecond)) searches/s via \(via) with \(inFlight) at a time, "
                + "p50 \(Figures.hundredths(report.p50Milliseconds)) ms, "
                + "p99 \(Figures.hundredths(report.p99Milliseconds)) ms")
    }

    private func overRPC(_ surroundings: Surroundings, _ queries: [String]) async throws -> ClosedLoop.Result {
        let state = try SuiteState.running(in: gateway.suite.folder(surroundings), surroundings)
        let connection = try ServiceConnection(to: state.target("partnership"))
        defer { connection.close() }
        let client = SchoolsClient(connection.channel)
        let warm = CallOptions(timeout: .seconds(10), waitForReady: true)
        _ = try await client.searchSchools(PartnershipV1.SearchSchoolsRequest(), options: warm)
        return try await ClosedLoop.run(inFlight: inFlight, duration: .seconds(seconds), warmUp: .milliseconds(500)) {
            caller, number in
            let query = queries[(caller * 31 + number) % queries.count]
            _ = try await client.searchSchools(PartnershipV1.SearchSchoolsRequest(query: query, pageSize: 10))
        }
    }

    private func overHTTP(_ access: GatewayAccess, _ queries: [String]) async throws -> ClosedLoop.Result {
        let (inFlight, seconds) = (inFlight, seconds)
        // A connection for each caller, kept: that is what a browser or a program does.
        return try await withThrowingTaskGroup { group in
            for caller in 0..<inFlight {
                group.addTask {
                    try await access.withConnection { send in
                        try await ClosedLoop.alone(duration: .seconds(seconds), warmUp: .milliseconds(500)) { number in
                            let query = queries[(caller * 31 + number) % queries.count]
                            let target = "/v1/schools?pageSize=10&query=\(HTTPRequest.encoded(query))"
                            let reply = try await send(HTTPRequest("GET", target))
                            guard reply.isSuccess else { throw Problem(reply).failure("GET \(target)") }
                        }
                    }
                }
            }
            var all = ClosedLoop.Result(elapsed: .seconds(seconds))
            for try await result in group { all.latencies.add(result.latencies) }
            return all
        }
    }

    /// What people type: whole names, words, beginnings, slips, towns and postcodes of schools that are there.
    private static func queries(_ access: GatewayAccess) async throws -> [String] {
        let found: PartnershipV1.SearchSchoolsReply = try await access.call("GET", "/v1/schools?pageSize=100")
        guard !found.schools.isEmpty else {
            throw Failure(.failure, "the suite holds no schools to search for", advice: "Load some: olp sample")
        }
        return found.schools.flatMap { school -> [String] in
            let words = school.name.split(separator: " ").map(String.init)
            let long = words.max { $0.count < $1.count } ?? school.name
            return [
                school.name, long, String(long.prefix(4)), slip(long), school.address?.town ?? "",
                String((school.address?.postcode ?? "").prefix { $0 != " " }), "\(long) \(school.address?.town ?? "")",
            ].filter { !$0.isEmpty }
        }
    }

    /// Two neighbours changed places.
    private static func slip(_ word: String) -> String {
        var letters = Array(word)
        guard letters.count > 4 else { return word }
        letters.swapAt(2, 3)
        return String(letters)
    }
}
