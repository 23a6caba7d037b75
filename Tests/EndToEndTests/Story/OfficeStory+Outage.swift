import Contracts
import Glibc
import HTTPClient
import SuiteSupport
import TestSupport
import Testing

extension OfficeStory {
    /// What a request may take, given to the gateway with it.
    private static let limit = Duration.seconds(3)
    /// Beyond the limit, for a busy machine to hand the answer over.
    private static let leeway = Duration.seconds(1)
    /// How soon after a process is back everything has to be there again.
    private static let recovery = Duration.seconds(5)

    /// The candidate's overview, and how long it took.
    private func overview() async throws -> (HTTPReply, Duration) {
        let path = "/v1/candidates/\(try person("Carys").id)/overview"
        let clock = ContinuousClock()
        let start = clock.now
        let reply = try await suite.send(
            "GET", path, fields: [("Request-Timeout", "\(Self.limit.components.seconds)")])
        return (reply, clock.now - start)
    }

    private func expectOneMissing(_ statuses: Set<String>) async throws {
        let (reply, time) = try await overview()
        #expect(reply.status == 200 && time < Self.limit + Self.leeway, "\(reply.status) after \(time)")
        let carys = try GatewayV1.CandidateOverview(jsonText: reply.text)
        let missing = carys.parts.filter { $0.status != "OK" }
        #expect(missing.map(\.name) == ["diagnostics"] && missing.allSatisfy { $0.service == "diagnostics" })
        #expect(missing.allSatisfy { statuses.contains($0.status) && !$0.detail.isEmpty }, "\(missing)")
        #expect(carys.bookings.count == 2 && carys.diagnostics.isEmpty)
    }

    private func expectWholeAgain() async throws {
        try await poll(until: "every part to be there again", timeout: Self.recovery) {
            let (reply, _) = try await overview()
            guard reply.status == 200 else { return false }
            return try GatewayV1.CandidateOverview(jsonText: reply.text).parts.allSatisfy { $0.status == "OK" }
        }
    }

    func aDeadServiceIsNamedAndMissedNoMore(_ programs: ProgramFolder) async throws {
        let pid = try await programs.holdDown("diagnostics", in: suite)
        try await expectOneMissing(["UNAVAILABLE"])
        try programs.letUp("diagnostics")
        try await suite.waitForRestart(of: "diagnostics", after: pid)
        try await expectWholeAgain()
    }

    func aServiceThatHangsKeepsNobodyWaiting() async throws {
        let pid = try #require(suite.service("diagnostics")?.pid)
        kill(pid, SIGSTOP)
        defer { kill(pid, SIGCONT) }
        try await expectOneMissing(["DEADLINE_EXCEEDED", "UNAVAILABLE"])
        kill(pid, SIGCONT)
        try await expectWholeAgain()
    }

    func withoutTheQuestionThereIsNoAnswer(_ programs: ProgramFolder) async throws {
        let pid = try await programs.holdDown("enrolment", in: suite)
        let (reply, time) = try await overview()
        #expect(reply.status == 503 && time < Self.limit + Self.leeway, "\(reply.status) after \(time): \(reply.text)")
        let event: GatewayV1.EventOverview = try await suite.call("GET", "/v1/events/\(conference.id)/overview")
        #expect(event.parts.filter { $0.status != "OK" }.map(\.name) == ["candidates"])
        #expect(event.bookings.count == 2)
        try programs.letUp("enrolment")
        try await suite.waitForRestart(of: "enrolment", after: pid)
        try await expectWholeAgain()
    }
}
