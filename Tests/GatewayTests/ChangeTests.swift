import Contracts
import HTTPClient
import RPC
import ServiceKit
import TestSupport
import Testing

@testable import GatewayService

@Suite("Changes as they happen")
struct ChangeTests {
    /// A gateway in front of four feeds, with a clock that the test moves.
    private static func run(
        limits: GatewayLimits = GatewayLimits(),
        _ body: (Harness, [PeerService: FakeFeed], ManualClock) async throws -> Void
    ) async throws {
        let feeds = Dictionary(uniqueKeysWithValues: PeerService.allCases.map { ($0, FakeFeed()) })
        let clock = ManualClock()
        try await Harness.run(limits: limits, channels: { feeds[$0]!.channel }, clock: clock) { gateway in
            try await body(gateway, feeds, clock)
        }
    }

    @Test("a change is told with its service, type, subject, version, time and kind of actor, and nothing it says")
    func change() async throws {
        try await Self.run { gateway, feeds, _ in
            let enrolment = try #require(feeds[.enrolment])
            enrolment.append("application.submitted", "a0")
            try await EventReader.with(gateway, "/v1/changes") { reader in
                let ready = try await reader.next()
                #expect(ready.name == "ready" && ready.id?.hasPrefix("1.") == true)
                #expect(ready.data == #"{"services":["diagnostics","enrolment","partnership","training-events"]}"#)
                enrolment.append("application.accepted", "a1", payload: "Jane Doe")
                let change = try await reader.next()
                #expect(change.name == "change")
                #expect(
                    change.data
                        == #"{"service":"enrolment","type":"application.accepted","subject":"a1","version":"2","#
                        + #""at":"2026-06-30T23:30:00Z","actorKind":"token"}"#)
                #expect(change.id != ready.id)
            }
        }
    }

    @Test("only what is asked for is told: services, types and a subject")
    func filtered() async throws {
        try await Self.run { gateway, feeds, clock in
            let target = "/v1/changes?services=enrolment,training-events&types=application.*,booking.made&subject=s"
            try await EventReader.with(gateway, target) { reader in
                #expect(try await reader.next().data == #"{"services":["enrolment","training-events"]}"#)
                feeds[.partnership]?.append("application.accepted", "s")
                for (service, type, subject) in [
                    (PeerService.enrolment, "candidate.edited", "s"), (.enrolment, "application.accepted", "other"),
                    (.enrolment, "application.accepted", "s"),
                ] { feeds[service]?.append(type, subject) }
                #expect(try await reader.next().data.contains(#""type":"application.accepted","subject":"s","version":"3""#))
                feeds[.trainingEvents]?.append("booking.moved", "s")
                feeds[.trainingEvents]?.append("booking.made", "s")
                #expect(try await reader.next().data.contains(#""type":"booking.made""#))
                // What was left out is behind the reader too: the id that comes with a comment says so.
                feeds[.enrolment]?.append("candidate.edited", "s")
                try await poll(until: "the left-out event is passed on") { feeds[.enrolment]?.written == 4 }
                var id = ""
                try await poll(until: "a comment with its position") {
                    clock.advance(by: EventStream.beat)
                    id = try await reader.next(comments: true).id ?? ""
                    return try FeedPositions(id)[.enrolment] == "f-4"
                }
                let positions = try FeedPositions(id)
                #expect(positions[.trainingEvents] == "f-2")
            }
        }
    }

    @Test(
        "what cannot be meant is refused",
        arguments: [
            ("?services=other", "400 INVALID_ARGUMENT"), ("?services=", "400 INVALID_ARGUMENT"),
            ("?types=*", "400 INVALID_ARGUMENT"), ("?types=a.*.b", "400 INVALID_ARGUMENT"),
            ("?types=" + (0...20).map { "t\($0)" }.joined(separator: ","), "400 INVALID_ARGUMENT"),
            ("?subject=", "400 INVALID_ARGUMENT"), ("?nothing=1", "400 INVALID_ARGUMENT"),
            ("?after=nonsense", "400 MALFORMED_REQUEST"), ("?after=1.b3RoZXI9eA", "400 MALFORMED_REQUEST"),
            ("?after=2.", "400 MALFORMED_REQUEST"),
        ])
    func refused(query: String, expected: String) async throws {
        try await Self.run { gateway, _, _ in
            let reply = try await gateway.send("GET", "/v1/changes\(query)", [Harness.authorization])
            #expect(reply.outcome == expected)
        }
    }

    @Test("a feed that breaks off is opened again: nothing is missed and nothing comes twice")
    func interrupted() async throws {
        try await Self.run { gateway, feeds, clock in
            let feed = try #require(feeds[.enrolment])
            try await EventReader.with(gateway, "/v1/changes?services=enrolment,partnership") { reader in
                _ = try await reader.next()
                feed.append("a", "1")
                #expect(try await reader.next().data.contains(#""subject":"1""#))
                feed.set(away: true)
                let interrupted = try await reader.next()
                #expect("\(interrupted)" == #"interrupted {"service":"enrolment","status":"UNAVAILABLE"}"#)
                feed.append("a", "2")
                feeds[.partnership]?.append("b", "3")
                // The others go on meanwhile, and trying again is no news.
                #expect(try await reader.next().data.contains(#""subject":"3""#))
                for _ in 0..<20 { clock.advance(by: .milliseconds(200)) }
                feed.set(away: false)
                let resumed = try await Self.advancing(clock) { try await reader.next() }
                #expect("\(resumed)" == #"resumed {"service":"enrolment"}"# && resumed.id != nil)
                feed.append("a", "4")
                #expect(try await reader.next().data.contains(#""subject":"2""#))
                #expect(try await reader.next().data.contains(#""subject":"4""#))
            }
        }
    }

    @Test("a service that is away at the start holds nobody up, and is followed from its return")
    func awayAtStart() async throws {
        try await Self.run { gateway, feeds, clock in
            let feed = try #require(feeds[.enrolment])
            feed.append("a", "1")
            feed.set(away: true)
            try await EventReader.with(gateway, "/v1/changes") { reader in
                #expect(try await reader.next().name == "ready")
                #expect(try await reader.next().name == "interrupted")
                feeds[.partnership]?.append("b", "2")
                #expect(try await reader.next().data.contains(#""subject":"2""#))
                feed.set(away: false)
                let resumed = try await Self.advancing(clock) { try await reader.next() }
                #expect(resumed.name == "resumed")
                let positions = try FeedPositions(resumed.id ?? "")
                #expect(positions[.enrolment] == "f-1")
                feed.append("a", "3")
                #expect(try await reader.next().data.contains(#""subject":"3""#))
            }
        }
    }

    /// Moves the clock on until the body has what it waits for.
    private static func advancing<Value>(_ clock: ManualClock, _ body: () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await poll(until: "the end of the wait", interval: .milliseconds(1)) {
                    clock.advance(by: .milliseconds(100))
                    return Task.isCancelled
                }
            }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    @Test("whoever comes back with an id goes on after it, through any number of interruptions")
    func resumes() async throws {
        var generator = Seed.generator(for: "whoever comes back with an id goes on after it")
        try await Self.run { gateway, feeds, clock in
            let services = [PeerService.enrolment, .partnership, .trainingEvents]
            for service in services { feeds[service]?.append("before", "0") }
            var told: [PeerService: [Int]] = [:]
            var made: [PeerService: Int] = [:]
            var id: String?
            for _ in 0..<12 {
                var actions: [(PeerService, isCut: Bool)] = []
                for _ in 0..<Int.random(in: 1...30, using: &generator) {
                    let service = try #require(services.randomElement(using: &generator))
                    actions.append((service, Int.random(in: 0..<8, using: &generator) == 0))
                }
                let before = Int.random(in: 0...actions.count, using: &generator)
                func act(_ actions: some Sequence<(PeerService, isCut: Bool)>) {
                    for (service, isCut) in actions {
                        if isCut { feeds[service]?.cut() } else {
                            made[service, default: 0] += 1
                            feeds[service]?.append("after", "\(made[service] ?? 0)")
                        }
                    }
                }
                // Some of it happens while nobody reads. The first reader has no id: all is news to it from then on.
                if id != nil { act(actions.prefix(before)) }
                // Not always to the end.
                let enough = Int.random(in: 1...20, using: &generator)
                try await EventReader.with(
                    gateway, "/v1/changes?services=enrolment,partnership,training-events", lastID: id
                ) { reader in
                    #expect(try await reader.next().name == "ready")
                    act(id == nil ? actions[...] : actions.suffix(from: before))
                    for _ in 0..<enough where told.values.map(\.count).reduce(0, +) < made.values.reduce(0, +) {
                        var event = try await Self.advancing(clock) { try await reader.next() }
                        while event.name != "change" { event = try await Self.advancing(clock) { try await reader.next() } }
                        Self.note(event, in: &told)
                    }
                    id = reader.lastID.text
                }
            }
            try await EventReader.with(
                gateway, "/v1/changes?services=enrolment,partnership,training-events&after=\(id ?? "")"
            ) { reader in
                while told.values.map(\.count).reduce(0, +) < made.values.reduce(0, +) {
                    let event = try await Self.advancing(clock) { try await reader.next() }
                    if event.name == "change" { Self.note(event, in: &told) }
                }
            }
            for service in services { #expect(told[service] ?? [] == (0..<(made[service] ?? 0)).map { $0 + 1 }) }
        }
    }

    private static func note(_ event: EventReader.Event, in told: inout [PeerService: [Int]]) {
        guard let object = JSONMembers(Array(event.data.utf8)) else { return }
        func value(_ name: String) -> String {
            object.members.first { $0.name == name }.flatMap(object.scalar) ?? ""
        }
        guard let service = PeerService(rawValue: value("service")) else { return }
        told[service, default: []].append(Int(value("subject")) ?? -1)
    }

    @Test("an id of a feed that was replaced ends the stream, and leads to a new beginning")
    func lost() async throws {
        try await Self.run { gateway, _, _ in
            var positions = FeedPositions()
            positions[.enrolment] = "f-99"
            try await EventReader.with(gateway, "/v1/changes?services=enrolment", lastID: positions.text) { reader in
                #expect(try await reader.next().name == "ready")
                let problem = try await reader.next()
                #expect(problem.name == "problem" && problem.id == "" && problem.data.contains("FAILED_PRECONDITION"))
                await #expect(throws: EventReader.Ended.self) { try await reader.next() }
            }
        }
    }

    @Test("readers have a limit, and one who leaves makes room")
    func limit() async throws {
        var limits = GatewayLimits()
        limits.watchers = 2
        try await Self.run(limits: limits) { gateway, _, clock in
            try await EventReader.with(gateway, "/v1/changes") { first in
                _ = try await first.next()
                try await EventReader.with(gateway, "/v1/changes") { second in
                    _ = try await second.next()
                    #expect(gateway.metrics.text.contains("olp_gateway_watchers 2"))
                    let third = try await gateway.send("GET", "/v1/changes", [Harness.authorization])
                    #expect(third.outcome == "429 RESOURCE_EXHAUSTED" && third.field("Retry-After") == "5")
                    let other = try await gateway.send("GET", "/v1/gias-imports/i/watch", [Harness.authorization])
                    #expect(other.outcome == "429 RESOURCE_EXHAUSTED")
                }
                // That the second is gone is found out by a comment.
                try await poll(until: "there is room") {
                    clock.advance(by: EventStream.beat)
                    return gateway.metrics.text.contains("olp_gateway_watchers 1")
                }
                try await EventReader.with(gateway, "/v1/changes") { third async throws in
                    #expect(try await third.next().name == "ready")
                }
            }
        }
    }

    @Test("a reader that does not read holds its feed up, and memory does not grow")
    func slow() async throws {
        try await Self.run { gateway, feeds, _ in
            let feed = try #require(feeds[.enrolment])
            let subject = String(repeating: "s", count: 8_000)
            let total = 4_000
            for number in 1...total { feed.append("a", "\(subject)\(number)") }
            var start = FeedPositions()
            start[.enrolment] = ""
            try await EventReader.with(gateway, "/v1/changes?services=enrolment&after=\(start.text)") { reader in
                #expect(try await reader.next().name == "ready")
                var before = -1
                try await poll(until: "nothing more is taken from the feed", interval: .milliseconds(200)) {
                    defer { before = feed.written }
                    return before > 0 && feed.written == before
                }
                // Two sockets' buffers and a window of the RPC, of 32 MB that wait.
                #expect(feed.written < total / 2, "\(feed.written)")
                for number in 1...total {
                    let event = try await reader.next()
                    guard event.data.contains("s\(number)\"") else {
                        Issue.record("\(number) is missing")
                        break
                    }
                }
            }
        }
    }

    @Test("a stream ends when the gateway stops")
    func stops() async throws {
        try await Self.run { gateway, _, _ in
            try await EventReader.with(gateway, "/v1/changes") { reader in
                _ = try await reader.next()
                gateway.readiness.stop()
                await #expect(throws: EventReader.Ended.self) { try await reader.next() }
            }
        }
    }
}
