import Contracts
import HTTPClient
import RPC
import Sodium
import Storage
import TestSupport
import Testing
import Values

@testable import GatewayService

@Suite("Registered tokens, limits and the audit")
struct AccessTests {
    private static let secret = "olp_another-token-of-enough-characters-987654321"
    private static let bearer = ("Authorization", "Bearer \(secret)")
    private static var digest: String { Hex.text(SHA256.hash(secret)) }
    private static let start = FakeSuite.wallClock.now()

    private static func store(on engine: Engine = .chosen) throws -> Store {
        try Store(
            opening: try TestStore.location(on: engine), service: "gateway", migrations: Migrations.all, at: start, log: LogCapture().logger())
    }

    private static func partners(_ router: inout RPC.Router) {
        router.unary(PartnersMethods.listPartners) { (_: PartnershipV1.ListPartnersRequest, _) in
            PartnershipV1.ListPartnersReply()
        }
        router.unary(PartnersMethods.registerPartner) { (request: PartnershipV1.RegisterPartnerRequest, _) in
            guard request.name != "taken" else { throw RPCError(.alreadyExists, "There is one of that name.") }
            return PartnershipV1.Partner(id: "p", name: request.name, version: 1)
        }
    }

    private static func register(
        _ gateway: Harness, label: String = "reporting job", _ more: String = ""
    ) async throws -> HTTPReply {
        try await gateway.send(
            "POST", "/v1/tokens", adding: [], json: #"{"sha256": "\#(digest)", "label": "\#(label)"\#(more)}"#)
    }

    private static func ask(_ gateway: Harness) async throws -> String {
        try await gateway.send("GET", "/v1/partners", [bearer]).outcome
    }

    @Test("a token that is registered at one gateway opens the others, until it is revoked at any", arguments: Engine.all)
    func tokens(engine: Engine) async throws {
        let store = try Self.store(on: engine)
        defer { store.close() }
        let kept = GatewayStore(store: store)
        try await Harness.run(store: kept, Self.partners) { one in
            try await Harness.run(store: kept, Self.partners) { other in
                #expect(try await Self.ask(other) == "401 UNAUTHENTICATED")
                let reply = try await Self.register(one)
                let token = try GatewayV1.Token(jsonText: reply.text)
                #expect(token.id == "token-\(Self.digest.prefix(12))" && token.label == "reporting job")
                for gateway in [one, other] { #expect(try await Self.ask(gateway) == "200") }
                #expect(try await Self.register(other).text == reply.text, "the same again is the same")
                #expect(try await Self.register(one, label: "other").outcome == "409 ALREADY_EXISTS")

                let list = try await one.send("GET", "/v1/tokens")
                #expect(try GatewayV1.ListTokensReply(jsonText: list.text).tokens == [token])
                #expect(!list.text.contains(Self.digest))
                for target in ["/v1/tokens", "/v1/audit"] {
                    #expect(try await one.send("GET", target, [Self.bearer]).outcome == "403 PERMISSION_DENIED")
                }

                let revoked = try await one.send("POST", "/v1/tokens/\(token.id):revoke", adding: [], json: "{}")
                #expect(try GatewayV1.Token(jsonText: revoked.text).revokedAt != nil)
                for gateway in [one, other] {
                    try await poll(until: "the token to be refused") { try await Self.ask(gateway) != "200" }
                    #expect(try await Self.ask(gateway) == "401 UNAUTHENTICATED")
                }
                #expect(try await Self.register(one).outcome == "409 ALREADY_EXISTS", "a revoked one stays revoked")
                #expect(try await one.send("GET", "/v1/tokens").text.contains(token.id) == false)
                #expect(try await one.send("GET", "/v1/tokens?all=true").text.contains(token.id))
                #expect(
                    try await one.send("POST", "/v1/tokens/token-0:revoke", adding: [], json: "{}").outcome
                        == "404 NOT_FOUND")
            }
        }
    }

    @Test("a token ends when its time is over")
    func expiry() async throws {
        let store = try Self.store()
        defer { store.close() }
        let clock = FixedWallClock(Self.start)
        try await Harness.run(store: GatewayStore(store: store), wallClock: clock, Self.partners) { gateway in
            let end = Self.start + .seconds(3600)
            let reply = try await Self.register(gateway, #", "expiresAt": "\#(end.rfc3339)""#)
            #expect(reply.outcome == "200")
            #expect(try await Self.ask(gateway) == "200")
            clock.advance(by: .seconds(3600))
            #expect(try await Self.ask(gateway) == "401 UNAUTHENTICATED")
        }
    }

    @Test(
        "what cannot be a token is refused by field",
        arguments: [
            (#"{"sha256": "abc", "label": "x"}"#, "sha256"), (#"{"label": "x"}"#, "sha256"),
            (#"{"sha256": "DIGEST", "label": ""}"#, "label"),
            (#"{"sha256": "DIGEST", "label": "x", "expiresAt": "2000-01-01T00:00:00Z"}"#, "expiresAt"),
        ])
    func wrongTokens(json: String, field: String) async throws {
        let store = try Self.store()
        defer { store.close() }
        try await Harness.run(store: GatewayStore(store: store), Self.partners) { gateway in
            let reply = try await gateway.send(
                "POST", "/v1/tokens", adding: [], json: json.replacing("DIGEST", with: Self.digest))
            #expect(reply.outcome == "400 INVALID_ARGUMENT" && reply.text.contains("\"field\":\"\(field)\""))
        }
    }

    @Test("a store that is away ends neither the owner's access nor that of tokens that were known")
    func storeAway() async throws {
        let store = try Self.store()
        try await Harness.run(store: GatewayStore(store: store), Self.partners) { gateway in
            _ = try await Self.register(gateway)
            #expect(try await Self.ask(gateway) == "200")
            store.close()
            for _ in 0..<3 { #expect(try await Self.ask(gateway) == "200") }
            #expect(try await gateway.send("GET", "/v1/partners").outcome == "200")
            let unknown = try await gateway.send("GET", "/v1/partners", [("Authorization", "Bearer unknown")])
            #expect(unknown.outcome == "503 UNAVAILABLE", "it may be one that was registered elsewhere")
            let change = try await gateway.send("POST", "/v1/partners", adding: [], json: #"{"name": "N"}"#)
            #expect(change.outcome == "200")
            #expect(gateway.log.lines.contains { $0.message == "a change could not be written down" })
        }
    }

    @Test("changes are written down with who asked, what and how it ended; reading is not", arguments: Engine.all)
    func audit(engine: Engine) async throws {
        let store = try Self.store(on: engine)
        defer { store.close() }
        let clock = FixedWallClock(Self.start)
        try await Harness.run(store: GatewayStore(store: store), wallClock: clock, Self.partners) { gateway in
            _ = try await Self.register(gateway)
            clock.advance(by: .seconds(1))
            _ = try await gateway.send("POST", "/v1/partners", adding: [("X-Request-Id", "r1")], json: #"{"name": "N"}"#)
            clock.advance(by: .seconds(1))
            let refused = try await gateway.send(
                "POST", "/v1/partners", [Self.bearer, Harness.json, ("X-Request-Id", "r2")],
                body: .bytes(Array(#"{"name": "taken"}"#.utf8)))
            #expect(refused.outcome == "409 ALREADY_EXISTS")
            _ = try await Self.ask(gateway)
            _ = try await gateway.send("POST", "/v1/partners", [("Authorization", "Bearer wrong"), Harness.json])

            func entries(_ query: String) async throws -> GatewayV1.ListAuditEntriesReply {
                let reply = try await gateway.send("GET", "/v1/audit\(query)")
                #expect(reply.outcome == "200")
                return try GatewayV1.ListAuditEntriesReply(jsonText: reply.text)
            }
            let all = try await entries("").entries
            #expect(
                all.map { "\($0.verb) \($0.path) \($0.status) \($0.tokenId.hasPrefix("token-"))" } == [
                    "POST /v1/partners 409 true", "POST /v1/partners 200 true", "POST /v1/tokens 200 true",
                ])
            #expect(all.prefix(2).map(\.requestId) == ["r2", "r1"])
            let first = try await entries("?pageSize=2")
            #expect(first.entries == Array(all.prefix(2)))
            #expect(try await entries("?pageSize=2&pageToken=\(first.nextPageToken)").entries == Array(all.suffix(1)))
            #expect(try await entries("?tokenId=\(all[0].tokenId)").entries == [all[0]])
            let middle = (Self.start + .seconds(1)).rfc3339
            #expect(try await entries("?from=\(middle)").entries == Array(all.prefix(2)))
            #expect(try await entries("?until=\(middle)").entries == Array(all.suffix(1)))

            let kept = GatewayStore(store: store)
            #expect(try await kept.forgetAudited(before: Self.start + .seconds(2)) == 2)
            #expect(try await entries("").entries == [all[0]])
        }
    }

    @Test("a token that asks too often is told when to come back, at every gateway", arguments: Engine.all)
    func rateLimit(engine: Engine) async throws {
        let store = try Self.store(on: engine)
        defer { store.close() }
        let (kept, clock) = (GatewayStore(store: store), FixedWallClock(Self.start))
        let rate = RequestRate(perSecond: 5)
        try await Harness.run(store: kept, rate: rate, wallClock: clock, Self.partners) { one in
            try await Harness.run(store: kept, rate: rate, wallClock: clock, Self.partners) { other in
                for number in 0..<10 {
                    let gateway = number.isMultiple(of: 2) ? one : other
                    #expect(try await gateway.send("GET", "/v1/partners").outcome == "200", "request \(number)")
                }
                for gateway in [one, other] {
                    let refused = try await gateway.send("GET", "/v1/partners")
                    #expect(refused.outcome == "429 RESOURCE_EXHAUSTED" && refused.field("Retry-After") == "1")
                }
                clock.advance(by: .milliseconds(200))
                #expect(try await other.send("GET", "/v1/partners").outcome == "200")
                #expect(try await one.send("GET", "/v1/partners").outcome == "429 RESOURCE_EXHAUSTED")
                #expect(try await one.send("GET", "/readyz", []).outcome == "200")
            }
        }
    }

    @Test("gateways that pay at once for the same token never pay the same twice", arguments: Engine.all)
    func rateConcurrently(engine: Engine) async throws {
        let store = try Self.store(on: engine)
        defer { store.close() }
        let (kept, rate) = (GatewayStore(store: store), RequestRate(perSecond: 100))
        let granted = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 {
                group.addTask { try await kept.take(5, for: "t", rate, at: Self.start) == .granted }
            }
            return try await group.reduce(0) { $0 + ($1 ? 5 : 0) }
        }
        #expect(granted == 200, "the burst of two seconds and no more")
        #expect(try await kept.take(5, for: "t", rate, at: Self.start) == .refused(wait: .milliseconds(50)))
        #expect(try await kept.take(5, for: "t", rate, at: Self.start + .milliseconds(50)) == .granted)
        #expect(try await kept.take(5, for: "u", rate, at: Self.start) == .granted)
    }
}
