import Contracts
import OperatorCommands
import ProtoJSON
import Testing
import Wire

@Suite("What olp bench lists asks")
struct BenchListsTests {
    private func method(_ name: String) throws -> ListMethod {
        try #require(ListMethod.all().first { $0.name == name })
    }

    @Test("every method with pages is found, with what chooses, orders and owns its rows")
    func methods() throws {
        let paged = ContractCatalogue.services.flatMap(\.methods).filter { method in
            MethodFinder.process(of: method) != nil && method.requestFields.contains { $0.name == "page_token" }
        }
        let names = Set(paged.map { MethodFinder.shortName($0) })
        #expect(Set(ListMethod.all().map(\.name)) == names)
        let events = try method("Events/ListEvents")
        #expect(events.process == "training-events" && events.order?.name == "order" && events.subject == nil)
        #expect(events.rowMessage == "olp.training_events.v1.Event")
        #expect(events.filters.map(\.name) == [
            "query", "cohort_id", "programme", "partner_id", "status", "starts_from", "starts_before",
            "with_free_places",
        ])
        let members = try method("Partners/ListPartnerMembers")
        #expect(members.subject?.name == "partner_id" && members.subjectRoute == "/v1/partners")
        #expect(members.filters.map(\.name) == ["as_of"])
        #expect(ListMethod(try MethodFinder.find("Events/GetEvent")) == nil)
    }

    @Test("of a page only its rows are counted and its token is read")
    func page() throws {
        let reply = TrainingEventsV1.ListBookingsReply(
            bookings: [.init(id: "a", bookedAt: .init(seconds: 300)), .init(), .init(id: "c")], nextPageToken: "next")
        let page = try #require(ListPage(reply.encoded(), rowsField: 1, tokenField: 2))
        #expect(page.rows == 3 && page.nextToken == "next")
        let last = try #require(ListPage([], rowsField: 1, tokenField: 2))
        #expect(last.rows == 0 && last.nextToken.isEmpty)
        let bytes = reply.encoded()
        #expect(ListPage(Array(bytes.dropLast()), rowsField: 1, tokenField: 2) == nil)
        #expect(ListPage([0x0B], rowsField: 1, tokenField: 2) == nil)
    }

    private func rows() -> ListRows {
        var rows = ListRows()
        for (programme, at) in [("p", "2017-10-02T09:00:00Z"), ("q", "2017-10-03T09:00:00Z"), ("q", "2018-01-01T09:00:00Z")] {
            rows.add(.object([
                "programme": .text(programme), "title": .text("Leading \(programme)"),
                "phase": .object(["code": .text("2")]),
                "parts": .list([.object(["startsAt": .text(at)]), .object(["startsAt": .text(at)])]),
            ]))
        }
        return rows
    }

    @Test("values are taken from rows, whatever they are nested in")
    func values() {
        let rows = rows()
        #expect(rows.values("programme") == [.text("p"), .text("q")] && rows.commonest("programme") == .text("q"))
        #expect(rows.values("phaseCode") == [.text("2")] && rows.values("other").isEmpty)
        #expect(rows.middle("programme") == .text("q") && rows.instants.count == 3)
    }

    @Test("a filter is asked with what occurs, with several, and with what nothing has")
    func choices() throws {
        let events = try method("Events/ListEvents")
        func labels(_ name: String) throws -> [String] {
            ListChoices.of(try #require(events.filters.first { $0.name == name }), rows()).map(\.label)
        }
        #expect(try labels("programme").prefix(2) == ["programme=one", "programme=2 values"])
        #expect(try labels("programme").contains("programme=absent"))
        #expect(try labels("status") == [
            "status=EVENT_STATUS_SCHEDULED", "status=EVENT_STATUS_CANCELLED", "status=EVENT_STATUS_HELD",
            "status=EVENT_STATUS_SCHEDULED,EVENT_STATUS_HELD",
        ])
        #expect(try labels("starts_from") == ["startsFrom=middle", "startsFrom=early", "startsFrom=late"])
        let queries = try labels("query")
        #expect(queries.contains("query=beginning of title"))
        // What people are called is shown nowhere.
        #expect(queries.allSatisfy { !$0.contains("Leading") })
        #expect(try labels("with_free_places") == ["withFreePlaces=true"])
        #expect(try labels("cohort_id").isEmpty)
    }

    @Test("each filter is asked alone, pairs of filters once each way, and all of it in each order")
    func questions() throws {
        let events = try method("Events/ListEvents")
        let fields = events.filters.filter { ["programme", "status"].contains($0.name) }
        let choices = fields.map { (field: $0, choices: ListChoices.of($0, rows())) }
        let alone = ListQuestion.all(from: ListQuestion(), order: nil, choices: choices, withPairs: false)
        #expect(alone.count == 1 + choices.map(\.choices.count).reduce(0, +))
        #expect(!alone.contains { !$0.isPlain })
        let all = ListQuestion.all(from: ListQuestion(), order: events.order, choices: choices, withPairs: true)
        let pairs = all.filter { !$0.isPlain }
        #expect(Set(all.map(\.order)) == ["EVENT_ORDER_STARTS", "EVENT_ORDER_TITLE", "EVENT_ORDER_NEWEST"])
        #expect(all.count == (alone.count + pairs.count / 3) * 3 && Set(all).count == all.count)
        #expect(pairs.contains { $0.filter == "programme=absent status=EVENT_STATUS_SCHEDULED" })
        #expect(pairs.contains { $0.filter == "programme=one status=EVENT_STATUS_HELD" })
        let request = pairs[0].json(pageSize: 7, token: "t")
        guard case .object(let sent) = request else { throw Failure(.failure, "no object") }
        #expect(sent["pageSize"] == .integer(7) && sent["pageToken"] == .text("t") && sent["order"] != nil)
    }
}
