import Contracts
import RPC
import Storage
import TestSupport
import Testing
import Values
import Wire
@testable import EnrolmentService

@Suite("Candidates")
struct CandidateTests {
    @Test("a candidate is registered, told of, and found again")
    func register() async throws {
        let harness = try Harness()
        harness.partnership.change { $0.schools[100_001] = PartnershipStub.school(100_001) }
        let registered = try await harness.candidates.registerCandidate(.init(
            fullName: "Ada O’Neill", email: "ada@school.example", trn: "0123456", schoolUrn: 100_001, reason: "form"))
        #expect(registered.version == 1 && registered.trn == "0123456" && registered.schoolUrn == 100_001)
        #expect(try await harness.candidates.getCandidate(.init(id: registered.id)) == registered)
        let event = try #require(try await harness.events().first?.event)
        #expect(event.type == "candidate.registered" && event.subject == registered.id)
        let payload = try EnrolmentV1.CandidateChanged(decoding: event.payload)
        #expect(payload.fullName == "Ada O’Neill" && payload.schoolUrn == 100_001)
        let detail = try await harness.store.read { reader in
            try reader.history(entity: "candidate", id: registered.id, limit: 1)[0].detailJSON
        }
        #expect(!detail.contains("Neill") && !detail.contains("0123456"))
    }

    @Test("neither TRN nor e-mail is a key: two people may have one, and both may go")
    func noKeys() async throws {
        let harness = try Harness()
        let first = try await harness.candidates.registerCandidate(
            .init(fullName: "A", email: "office@school.example", trn: "1234567"))
        let second = try await harness.candidates.registerCandidate(
            .init(fullName: "B", email: "office@school.example", trn: "1234567"))
        #expect(first.id != second.id)
        let bare = try await harness.candidates.updateCandidate(.init(id: first.id, fullName: "A", expectedVersion: 1))
        #expect(bare.version == 2 && bare.email == nil && bare.trn == nil)
        let found = try await harness.candidates.searchCandidates(.init(query: "1234567"))
        #expect(found.candidates.map(\.id) == [second.id])
    }

    @Test("the employer is checked against Partnership")
    func employer() async throws {
        let harness = try Harness()
        harness.partnership.change { holdings in
            holdings.schools[1] = PartnershipStub.school(1, status: .closed)
            holdings.schools[1]?.links = [.init(urn: 77, linkType: "Successor")]
            holdings.schools[2] = PartnershipStub.school(2, inEngland: false)
            holdings.schools[3] = PartnershipStub.school(3, status: .proposedToOpen)
            holdings.groups[10] = .init(uid: 10, name: "Trust", type: .init(code: "06"), open: true)
            holdings.groups[11] = .init(uid: 11, name: "Gone", type: .init(code: "06"), open: false)
            holdings.groups[12] = .init(uid: 12, name: "Federation", type: .init(code: "01"), open: true)
        }
        func register(urn: Int64? = nil, uid: Int64? = nil) async -> String {
            let request = EnrolmentV1.RegisterCandidateRequest(fullName: "A", schoolUrn: urn, groupUid: uid)
            return await rule { _ = try await harness.candidates.registerCandidate(request) }
        }
        #expect(await register(urn: 1) == "EMPLOYER_CLOSED")
        #expect(await register(urn: 2) == "EMPLOYER_NOT_IN_ENGLAND")
        #expect(await register(urn: 3) == "OK")
        #expect(await register(urn: 4) == "EMPLOYER_UNKNOWN")
        #expect(await register(uid: 10) == "OK")
        #expect(await register(uid: 11) == "EMPLOYER_CLOSED")
        #expect(await register(uid: 12) == "EMPLOYER_NOT_A_TRUST")
        #expect(await register(uid: 13) == "EMPLOYER_UNKNOWN")
        #expect(await register(urn: 3, uid: 10) == "INVALID_ARGUMENT")
        let error = await statusOf { _ = try await harness.candidates.registerCandidate(.init(fullName: "A", schoolUrn: 1)) }
        #expect(error?.message.contains("77") == true)
    }

    @Test("while Partnership cannot be asked, nothing is registered")
    func unavailable() async throws {
        let harness = try Harness()
        harness.partnership.change { $0.failure = RPCError(.unavailable, "down") }
        let error = await statusOf { _ = try await harness.register("A", urn: 1) }
        #expect(error?.code == .unavailable && error?.message.contains("Partnership") == true)
        #expect(try await harness.count("candidates") == 0)
        // Who names no employer does not need it.
        _ = try await harness.register("B")
    }

    @Test("an employer that was named before is not judged again")
    func unchangedEmployer() async throws {
        let harness = try Harness()
        harness.partnership.change { $0.schools[5] = PartnershipStub.school(5) }
        let id = try await harness.register("Ada", urn: 5)
        harness.partnership.change { $0.schools[5] = PartnershipStub.school(5, status: .closed) }
        let calls = harness.partnership.calls
        _ = try await harness.candidates.updateCandidate(.init(id: id, fullName: "Ada King", schoolUrn: 5))
        #expect(harness.partnership.calls == calls)
    }

    @Test("a repeated request registers once")
    func idempotent() async throws {
        let harness = try Harness()
        let options = CallOptions(idempotencyKey: "one")
        let first = try await harness.candidates.registerCandidate(.init(fullName: "A"), options: options)
        let again = try await harness.candidates.registerCandidate(.init(fullName: "A"), options: options)
        #expect(first == again)
        #expect(try await harness.count("candidates") == 1)
    }

    @Test("lists are filtered, sorted and paged")
    func lists() async throws {
        let harness = try Harness()
        let names = ["Zoë Ångström", "ada O'Neill", "Adam Smith", "Łukasz Smithers", "Bo Smith"]
        var ids: [String] = []
        for name in names {
            ids.append(try await harness.register(name))
            harness.wallClock.advance(by: .seconds(1))
        }
        _ = try await harness.candidates.updateCandidate(.init(id: ids[1], fullName: "Ada ONeill"))
        func pages(_ page: (String) async throws -> ([EnrolmentV1.Candidate], String)) async throws -> [Int] {
            var found: [String] = []
            var token = ""
            repeat {
                let (candidates, next) = try await page(token)
                found += candidates.map(\.id)
                token = next
            } while !token.isEmpty
            return try found.map { try #require(ids.firstIndex(of: $0)) }
        }
        func list(_ order: EnrolmentV1.CandidateOrder) async throws -> [Int] {
            try await pages { token in
                let page = try await harness.candidates.listCandidates(
                    .init(order: order, pageSize: 2, pageToken: token))
                return (page.candidates, page.nextPageToken)
            }
        }
        func search(_ query: String) async throws -> [Int] {
            try await pages { token in
                let page = try await harness.candidates.searchCandidates(
                    .init(query: query, pageSize: 2, pageToken: token))
                return (page.candidates, page.nextPageToken)
            }
        }
        #expect(try await list(.unspecified) == [1, 2, 4, 3, 0])
        #expect(try await list(.newest) == [4, 3, 2, 1, 0])
        #expect(try await list(.updated) == [1, 4, 3, 2, 0])
        #expect(try await search("smith") == [2, 4, 3])
        #expect(try await search("ad smi") == [2])
        #expect(try await search("lukasz") == [3])
        #expect(try await search("o’neill") == [1])
        #expect(try await search("angstrom") == [0])
        let batch = try await harness.candidates.batchGetCandidates(.init(ids: [ids[2], "nobody", ids[0], ids[2]]))
        #expect(batch.candidates.map(\.id) == [ids[2], ids[0], ids[2]])
        #expect(try await harness.candidates.batchGetCandidates(.init()).candidates.isEmpty)
    }

    @Test("a word that thousands have finds as a rare one does")
    func commonWords() async throws {
        let harness = try Harness()
        let mutation = Mutation(principal: "", method: "", key: nil, requestDigest: [], actor: Actor(id: "", kind: ""),
                                at: Harness.start)
        try await harness.store.write { writer in
            for number in 0..<2100 {
                let name = "Smith \(number.isMultiple(of: 700) ? "Rare" : "Plain") \(number)"
                _ = try harness.enrolment.insertCandidate(
                    harness.enrolment.identifiers.next(), CandidateDetails(fullName: name), mutation, writer)
            }
        }
        func names(_ query: String) async throws -> [String] {
            try await harness.candidates.searchCandidates(.init(query: query, pageSize: 3)).candidates.map(\.fullName)
        }
        #expect(try await names("smith") == ["Smith Plain 1", "Smith Plain 10", "Smith Plain 100"])
        #expect(try await names("smi rare") == ["Smith Rare 0", "Smith Rare 1400", "Smith Rare 700"])
        #expect(try await names("rare 1400") == ["Smith Rare 1400"])
    }

    @Test("a page token of another list is refused")
    func foreignToken() async throws {
        let harness = try Harness()
        for name in ["A", "B"] { _ = try await harness.register(name) }
        let page = try await harness.candidates.listCandidates(.init(pageSize: 1))
        let error = await statusOf {
            _ = try await harness.candidates.searchCandidates(.init(query: "x", pageToken: page.nextPageToken))
        }
        #expect(error?.code == .invalidArgument)
    }
}
