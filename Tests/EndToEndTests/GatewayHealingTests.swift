import ChildProcess
import Contracts
import Foundation
import Glibc
import HTTPClient
import Synchronization
import SuiteSupport
import TestSupport
import Testing

@Suite("The gateway while services die and hang")
struct GatewayHealingTests {
    /// Longest time until a service that is back is used again.
    private static let healing = Duration.seconds(5)

    /// What a stream has brought so far.
    private final class Received: Sendable {
        private let kept = Mutex("")
        var text: String { kept.withLock { $0 } }
        func add(_ piece: [UInt8]) { kept.withLock { $0 += String(decoding: piece, as: UTF8.self) } }
    }

    private static func partner(_ suite: RunningSuite, _ name: String) async throws -> PartnershipV1.Partner {
        try await suite.call(
            "POST", "/v1/partners",
            PartnershipV1.RegisterPartnerRequest(name: name, kind: .teachingSchoolAlliance, reason: "signed"))
    }

    /// A cohort's overview is asked of three services, Enrolment with the question itself.
    private static func cohort(_ suite: RunningSuite, _ id: String) async throws -> String {
        let (first, last) = (CommonV1.Date(year: 2026, month: 9, day: 1), CommonV1.Date(year: 2027, month: 8, day: 31))
        let schedule = EnrolmentV1.Schedule(
            identifier: "npq-leadership-autumn", courseGroup: .leadership, acceptanceFrom: first, acceptanceTo: last,
            startsOn: first, endsOn: last)
        let _: EnrolmentV1.Cohort = try await suite.call(
            "POST", "/v1/cohorts",
            EnrolmentV1.OpenCohortRequest(
                id: id, name: "Autumn", fundingCap: .full, applicationsFrom: first, applicationsTo: last,
                schedules: [schedule], reason: "a new round"))
        return "/v1/cohorts/\(id)/overview"
    }

    private static func missing(_ parts: [GatewayV1.Part]) -> [String] {
        parts.filter { $0.status != "OK" }.map { "\($0.name) \($0.status)" }
    }

    @Test("parts of a killed service are missing by name, and there again within 5 s of its return")
    func killed() async throws {
        try await RunningSuite.with { suite in
            let path = try await Self.cohort(suite, "2026b")
            func overview() async throws -> GatewayV1.CohortOverview { try await suite.call("GET", path) }
            #expect(try await Self.missing(overview().parts) == [])
            for service in ["training-events", "diagnostics"] {
                let pid = try await suite.killService(service)
                var seen: [String] = []
                // The process is gone before the gateway hears of it; the first answer after that has no such part.
                try await poll(until: "the part to be missing, or there again", timeout: RunningSuite.patience) {
                    seen = try await Self.missing(overview().parts)
                    return !seen.isEmpty || suite.service(service)?.pid != pid
                }
                #expect(seen.allSatisfy { $0.hasSuffix(" UNAVAILABLE") }, "\(seen)")
                try await suite.waitForRestart(of: service, after: pid)
                try await poll(until: "all parts to be there again", timeout: Self.healing) {
                    try await Self.missing(overview().parts).isEmpty
                }
            }
            // The question itself.
            let pid = try await suite.killService("enrolment")
            try await suite.waitForRestart(of: "enrolment", after: pid)
            try await poll(until: "the cohort to be there again", timeout: Self.healing) {
                try await suite.send("GET", path).status == 200
            }
        }
    }

    @Test("an answer comes in time while a service hangs, and is whole again within 5 s of its waking")
    func hanging() async throws {
        try await RunningSuite.with { suite in
            let path = try await Self.cohort(suite, "2026b")
            let whole: GatewayV1.CohortOverview = try await suite.call("GET", path)
            #expect(Self.missing(whole.parts) == [])
            let pid = try #require(suite.service("training-events")?.pid)
            _ = kill(pid, SIGSTOP)
            defer { _ = kill(pid, SIGCONT) }
            let answer: GatewayV1.CohortOverview = try await suite.call("GET", path, fields: [("Request-Timeout", "3")])
            #expect(Self.missing(answer.parts) == ["events DEADLINE_EXCEEDED", "nextEvents DEADLINE_EXCEEDED"])
            #expect(answer.cohort?.id == "2026b")
            _ = kill(pid, SIGCONT)
            try await poll(until: "all parts to be there again", timeout: Self.healing) {
                let now: GatewayV1.CohortOverview = try await suite.call("GET", path)
                return Self.missing(now.parts).isEmpty
            }
        }
    }

    @Test("changes are told once each, over kills of the service that makes them")
    func changes() async throws {
        try await RunningSuite.with { suite in
            let stream = Received()
            try await withThrowingTaskGroup(of: Void.self) { group in
                let (port, token) = (suite.port, try suite.token)
                group.addTask {
                    try await HTTPConnection.with(HTTPOrigin(host: "127.0.0.1", port: port)) { connection in
                        _ = try await connection.exchange(
                            HTTPRequest(
                                "GET", "/v1/changes?types=partner.*", fields: [("Authorization", "Bearer \(token)")],
                                timeout: .seconds(600))
                        ) { (piece: [UInt8]) in stream.add(piece) }
                    }
                }
                defer { group.cancelAll() }
                func told() -> [Substring] {
                    stream.text.split(separator: "\n").filter { $0.hasPrefix("data: {\"service\":\"partnership\",\"type\"") }
                }
                try await poll(until: "the stream", timeout: RunningSuite.patience) {
                    stream.text.contains("event: ready")
                }
                var ids: [String] = []
                for number in 1...6 {
                    ids.append(try await Self.partner(suite, "Alliance \(number)").id)
                    guard number.isMultiple(of: 2) else { continue }
                    try await poll(until: "the changes so far", timeout: RunningSuite.patience) {
                        told().count >= ids.count
                    }
                    let pid = try await suite.killService("partnership")
                    try await suite.waitForRestart(of: "partnership", after: pid)
                    try await poll(until: "the gateway to reach it", timeout: Self.healing) {
                        try await suite.send("GET", "/v1/partners").status == 200
                    }
                }
                func count(_ event: String) -> Int {
                    stream.text.split(separator: "\n").count { $0 == "event: \(event)" }
                }
                try await poll(until: "the last return", timeout: RunningSuite.patience) { count("resumed") == 3 }
                ids.append(try await Self.partner(suite, "Alliance 7").id)
                try await poll(until: "the last change", timeout: RunningSuite.patience) { told().count >= ids.count }
                #expect(told().count == ids.count && count("interrupted") == 3)
                for (line, id) in zip(told(), ids) { #expect(line.contains("\"subject\":\"\(id)\"")) }
            }
        }
    }

    @Test("olp calls the gateway's own methods like any other, and its status tells whom the gateway reaches")
    func olp() async throws {
        try await RunningSuite.with { suite in
            let partner = try await Self.partner(suite, "Calder Alliance")
            let search = try await suite.olp("call", "Overviews/Search", #"{"query": "calder"}"#, "--json")
            #expect(search.status == .exited(0), "\(search)")
            let found = try GatewayV1.SearchReply(jsonText: search.output)
            #expect(found.partners.map(\.id) == [partner.id] && Self.missing(found.parts).isEmpty)
            #expect(try await suite.olp("call", "--list").output.contains("Overviews/GetPartnerOverview"))

            let pid = try #require(suite.service("diagnostics")?.pid)
            _ = kill(pid, SIGSTOP)
            defer { _ = kill(pid, SIGCONT) }
            let cut = try await suite.olp("status")
            #expect(cut.status == .exited(1), "\(cut)")
            #expect(cut.output.contains("cut off"), "\(cut)")
            _ = kill(pid, SIGCONT)
            try await poll(until: "all to be well", timeout: Self.healing) {
                try await suite.olp("status").status == .exited(0)
            }
        }
    }
}
