@testable import Storage
import Testing

@Suite("Page tokens")
struct PageTokenTests {
    private let filters: [SQLValue] = [.text("ListShelves"), .text("open"), .null]

    @Test("the sort values come back, of every kind")
    func roundTrip() throws {
        let keys: [SQLValue] = [.text("Ünder"), .int(-7), .real(0.5), .blob([0, 9]), .null, .text("")]
        let token = PageToken.text(after: keys, filters: filters)
        #expect(try PageToken.keys(token, count: keys.count, filters: filters) == keys)
        #expect(token.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
    }

    @Test("a token with a text that no store can hold is refused")
    func embeddedNUL() {
        let token = PageToken.text(after: [.text("a\0b")], filters: filters)
        #expect(throws: StoreError.self) { try PageToken.keys(token, count: 1, filters: filters) }
    }

    @Test("an empty token is the first page")
    func empty() throws {
        #expect(try PageToken.keys("", count: 1, filters: filters) == nil)
    }

    @Test("a token with other filters is refused")
    func otherFilters() async {
        let token = PageToken.text(after: [.int(1)], filters: filters)
        let others: [[SQLValue]] = [
            [], [.text("ListShelves"), .text("open")], [.text("ListShelves"), .null, .text("open")],
            [.text("ListShelvesopen"), .null],
        ]
        for other in others {
            #expect(await code { _ = try PageToken.keys(token, count: 1, filters: other) } == .badPageToken)
        }
    }

    @Test("anything else is refused and never a trap")
    func damaged() async {
        let token = PageToken.text(after: [.text("abc"), .int(1)], filters: filters)
        for end in 1..<token.count {
            #expect(await code { _ = try PageToken.keys(String(token.prefix(end)), count: 2, filters: filters) }
                == .badPageToken)
        }
        for bad in ["a", "*", "AQ==", token + "A", token + "AAAA", String(repeating: "A", count: 5000), "é"] {
            #expect(await code { _ = try PageToken.keys(bad, count: 2, filters: filters) } == .badPageToken)
        }
        #expect(await code { _ = try PageToken.keys(token, count: 1, filters: filters) } == .badPageToken)
    }
}
