import Contracts
import Foundation
import HTTPClient
import RPC
import Synchronization
import TestSupport
import Testing

/// Partnership is killed at random moments while clients write. OLP_TEST_SEED repeats a run's moments, OLP_TEST_KILLS
/// says how many.
@Suite("Partnership killed under writes")
struct KillUnderWritesTests {
    static let kills = ProcessEnvironment.number("OLP_TEST_KILLS") ?? 6
    static let clients = 4

    @Test("no acknowledged write is lost, and none is applied twice")
    func writes() async throws {
        var random = Seed.generator(for: "Partnership killed under writes")
        let pauses = (0..<Self.kills).map { _ in Int.random(in: 5...60, using: &random) }
        try await RunningSuite.with { suite in
            let ledger = Ledger()
            try await withThrowingTaskGroup { group in
                for client in 0..<Self.clients {
                    group.addTask { try await Writer(client: client, suite: suite, ledger: ledger).run() }
                }
                for (round, pause) in pauses.enumerated() {
                    let goal = ledger.acknowledged + pause
                    try await poll(
                        until: "\(goal) acknowledged writes", timeout: RunningSuite.patience, interval: .milliseconds(1)
                    ) {
                        try ledger.check()
                        return ledger.acknowledged >= goal
                    }
                    let pid = try await suite.killService("partnership")
                    try await suite.waitForRestart(of: "partnership", after: pid)
                    print("kill \(round + 1) of \(Self.kills) after \(goal) writes")
                }
                ledger.finish()
                try await group.waitForAll()
            }
            #expect(ledger.violations.isEmpty, "\(ledger.violations)")
            #expect(ledger.acknowledged > pauses.reduce(0, +))
            try await compare(suite, ledger)
        }
    }

    /// What is there against what was acknowledged.
    private func compare(_ suite: RunningSuite, _ ledger: Ledger) async throws {
        var found: [String: PartnershipV1.Partner] = [:]
        var page = ""
        repeat {
            let reply: PartnershipV1.ListPartnersReply = try await suite.call(
                "GET", "/v1/partners?pageSize=100&pageToken=\(HTTPRequest.encoded(page))")
            for partner in reply.partners {
                #expect(found.updateValue(partner, forKey: partner.id) == nil, "\(partner.name) is listed twice")
            }
            page = reply.nextPageToken
        } while !page.isEmpty
        #expect(Set(found.values.map(\.name)).count == found.count, "a name was registered twice")
        #expect(Set(found.keys) == Set(ledger.versions.keys))
        for (id, version) in ledger.versions {
            #expect(found[id]?.version == version, "\(id): \(found[id]?.version ?? 0), acknowledged \(version)")
        }
        // Each change made one entry of the history and one event, in the same transaction.
        let feed = try await suite.olp("call", "partnership", "Feed/Follow", "{\"untilNow\": true}")
        let events = try feed.output.split(separator: "\n").map { try CommonV1.FeedEvent(jsonText: String($0)) }
        let changes = events.map { "\($0.subject) \($0.subjectVersion)" }
        #expect(Set(changes).count == changes.count, "an event was recorded twice")
        #expect(Set(changes) == Set(ledger.versions.flatMap { id, version in (1...version).map { "\(id) \($0)" } }))
    }
}

/// What was acknowledged.
final class Ledger: Sendable {
    private struct State: Sendable {
        var versions: [String: Int64] = [:]
        var acknowledged = 0
        var violations: [String] = []
        var isFinished = false
    }

    private let state = Mutex(State())

    var versions: [String: Int64] { state.withLock { $0.versions } }
    var acknowledged: Int { state.withLock { $0.acknowledged } }
    var violations: [String] { state.withLock { $0.violations } }
    var isFinished: Bool { state.withLock { $0.isFinished } }

    func finish() { state.withLock { $0.isFinished = true } }

    func acknowledge(_ partner: PartnershipV1.Partner, expected: Int64) {
        state.withLock { state in
            state.acknowledged += 1
            if partner.version != expected {
                state.violations.append("\(partner.id): version \(partner.version), expected \(expected)")
            }
            state.versions[partner.id] = partner.version
        }
    }

    /// Throws what went wrong, so that nobody waits for what cannot come any more.
    func check() throws {
        if let first = violations.first { throw Broken(description: first) }
    }

    struct Broken: Error, CustomStringConvertible {
        let description: String
    }

    func violate(_ what: String) { state.withLock { $0.violations.append(what) } }
}

/// A client that registers partners and edits them, and repeats each request with the same key until it is answered.
private struct Writer {
    let client: Int
    let suite: RunningSuite
    let ledger: Ledger
    static let editsOfEach = 3

    func run() async throws {
        var number = 0
        while !ledger.isFinished {
            number += 1
            let name = "Partner \(client)-\(number)"
            let partner = try await write(
                "POST", "/v1/partners", key: "register-\(client)-\(number)",
                PartnershipV1.RegisterPartnerRequest(name: name, kind: .teachingSchoolHub))
            ledger.acknowledge(partner, expected: 1)
            for edit in 1...Self.editsOfEach {
                let edited = try await write(
                    "PUT", "/v1/partners/\(partner.id)", key: "edit-\(client)-\(number)-\(edit)",
                    PartnershipV1.UpdatePartnerRequest(name: name, status: .active, notes: "edit \(edit)"),
                    version: Int64(edit))
                ledger.acknowledge(edited, expected: Int64(edit) + 1)
            }
        }
    }

    /// A write that was applied but not answered is answered from what was stored when it is repeated: a refusal, such
    /// as "the name is in use" or "the version is old", would mean that it was taken for a new one.
    private func write(
        _ method: String, _ path: String, key: String, _ body: any JSONMessage, version: Int64? = nil
    ) async throws -> PartnershipV1.Partner {
        var fields = [(name: "Idempotency-Key", value: key)]
        if let version { fields.append(("If-Match", "\"\(version)\"")) }
        return try await poll(for: "an answer to \(method) \(path)", timeout: RunningSuite.patience) {
            guard let reply = try? await suite.send(method, path, json: body.jsonText(), fields: fields) else {
                return nil
            }
            if reply.isSuccess { return try PartnershipV1.Partner(jsonText: reply.text) }
            guard reply.status == 503 || reply.status == 504 else {
                ledger.violate("\(method) \(path) \(key): \(reply.status) \(reply.text)")
                throw RunningSuite.Refused(reply)
            }
            return nil
        }
    }
}
