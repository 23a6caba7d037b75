import Testing
import Values
@testable import PartnershipService

@Suite("Searching schools")
struct SearchTests {
    static let index = SchoolSearchIndex(RegisterReadingTests.sample.values.map(SearchableSchool.init))

    func find(_ text: String, _ filter: SchoolFilter = SchoolFilter(), limit: Int = 100) -> [Int] {
        Self.index.search(SearchQuery(text), filter, after: nil, limit: limit).keys
    }

    @Test("words are compared without case, accents, apostrophes and kinds of saint", arguments: [
        ("St. Mary's", ["st", "marys"]), ("Saint Mary’s", ["st", "marys"]), ("ST MARYS", ["st", "marys"]),
        ("Brontë–Renée", ["bronte", "renee"]), ("C of E (VA)", ["ce", "va"]), ("CofE", ["ce"]), ("R.C. Primary", ["rc", "primary"]),
        ("St.Anne", ["st", "anne"]), ("A & B", ["a", "and", "b"]), ("T? Newydd", ["t", "newydd"]), ("Tŷ Ŵr", ["ty", "wr"]),
        ("Moorgate\u{A0}Primary", ["moorgate", "primary"]), ("Bronte\u{308}", ["bronte"]), ("  ", []), ("Łódź Straße", ["lodz", "strasse"]),
    ])
    func words(text: String, expected: [String]) {
        #expect(SearchText.words(text) == expected)
    }

    @Test("all ten St Mary's are found by each spelling", arguments: [
        "St Mary's", "St. Mary's", "Saint Mary's", "st marys", "SAINT MARYS", "St Mary’s", "st mary",
    ])
    func saints(text: String) {
        let found = Set(find(text))
        for urn in TestData.manifest.planted["st_marys"] { #expect(found.contains(urn), "\(urn) by \(text)") }
    }

    @Test("twins that differ in the kind of saint are found together")
    func twins() {
        for text in ["st walburgas", "Saint Walburga's", "St. Walburga’s"] {
            #expect(Set(find(text)).isSuperset(of: [117_085, 145_449]))
        }
        for text in ["st oswins", "Saint Oswin", "St. Oswin's"] {
            #expect(Set(find(text)).isSuperset(of: [131_889, 132_835]))
        }
    }

    @Test("names beyond ASCII are found without their accents")
    func accents() {
        for word in ["Brontë", "bronte", "RENEE", "Garcia", "Chloe"] {
            #expect(!Set(find(word)).isDisjoint(with: TestData.manifest.planted["accented_names"]), "\(word)")
        }
        #expect(find("moorgate primary").contains(144_433))
        #expect(find("the old mill community").contains(112_315))
        #expect(find("plus primary").contains(143_320))
    }

    @Test("a slip of the fingers is forgiven", arguments: [
        ("norththrope", 100_107), ("Norhtthorpe School", 100_107), ("ravenbrige community", 100_080), ("markcombe infnat", 100_040),
        ("saint walburgga", 117_085),
    ])
    func slips(text: String, urn: Int) {
        #expect(find(text).contains(urn))
    }

    @Test("short words and far-off ones are not guessed")
    func noGuesses() {
        #expect(find("xyz").isEmpty)
        #expect(find("?!").isEmpty)
        #expect(find("qqqqqqqq school").isEmpty)
    }

    @Test("a URN, a UKPRN, an LA and establishment number, and a postcode find their schools")
    func identifiers() {
        #expect(find("100040") == [100_040])
        #expect(find(" 100040 ") == [100_040])
        #expect(find("999999").isEmpty)
        #expect(find("340/2013") == [100_040])
        #expect(find("10010806") == [116_741])
        #expect(find("l36 1sj") == [100_040])
        #expect(find("L361SJ") == [100_040])
        #expect(find("L36").contains(100_040))
        #expect(find("L36 1").contains(100_040))
        #expect(find("markcombe L36") == [100_040])
        #expect(find("markcombe M33").isEmpty)
        let l1 = find("L1").compactMap { RegisterReadingTests.schools[$0]?.address.postcode?.outward }
        #expect(l1.allSatisfy { $0.hasPrefix("L1") } && l1 == l1.sorted { ($0 == "L1" ? 0 : 1) < ($1 == "L1" ? 0 : 1) })
    }

    @Test("towns are found after names")
    func towns() throws {
        let found = find("Bolton")
        #expect(found.contains { RegisterReadingTests.schools[$0]?.address.town == "Bolton" })
        let inName = found.map { SearchText.words(RegisterReadingTests.schools[$0]?.name ?? "").contains("bolton") }
        #expect(inName == inName.sorted { $0 && !$1 })
    }

    @Test("a name that is just what was typed comes first")
    func exactFirst() throws {
        #expect(find("Norththorpe School").first == 100_107)
    }

    @Test("filters narrow the list")
    func filters() {
        let all = Self.index.search(SearchQuery(""), SchoolFilter(), after: nil, limit: 5000).keys
        #expect(all.count == 1200)
        #expect(find("", SchoolFilter(selectableOnly: true), limit: 5000).count == 1090)
        #expect(find("", SchoolFilter(statuses: [.closed]), limit: 5000).count == 90)
        #expect(find("", SchoolFilter(phaseCodes: ["2"], selectableOnly: true), limit: 5000).count == 757)
        #expect(find("", SchoolFilter(regionCodes: ["B", "K"], selectableOnly: true), limit: 5000).count == 682)
        #expect(find("", SchoolFilter(typeCodes: ["30"]), limit: 5000).count == 11)
        #expect(find("primary", SchoolFilter(statuses: [.closed]), limit: 5000).allSatisfy {
            RegisterReadingTests.schools[$0]?.status == .closed
        })
    }

    @Test("pages join to the whole list", arguments: ["", "school", "st", "primary st", "L1", "bolton", "st marys"])
    func pages(text: String) {
        let whole = find(text, limit: 5000)
        for size in [1, 7, 100] where whole.count < 300 || size > 1 {
            var joined: [Int] = []
            var cursor: SearchCursor?
            repeat {
                let page = Self.index.search(SearchQuery(text), SchoolFilter(), after: cursor, limit: size)
                joined += page.keys
                cursor = page.next
            } while cursor != nil
            #expect(joined == whole)
        }
        #expect(Set(whole).count == whole.count)
    }

    @Test("slips are counted as people make them", arguments: [
        ("mary", "mary", 0), ("mary", "marry", 1), ("mary", "mray", 1), ("mary", "mar", 1), ("mary", "nary", 1),
        ("walburga", "walbruga", 1), ("norththorpe", "northorpe", 2), ("abc", "xyz", nil), ("", "ab", 2),
    ] as [(String, String, Int?)])
    func distances(left: String, right: String, expected: Int?) {
        #expect(EditDistance.between(Array(left.utf8), Array(right.utf8), limit: 2) == expected)
        #expect(EditDistance.between(Array(right.utf8), Array(left.utf8), limit: 2) == expected)
    }

    @Test("groups are found by name, UID and group id")
    func groups() throws {
        let groups = try WholeFile<GroupRow>(TestData.sampleFile(.groups)).values
        let index = GroupSearchIndex(groups.map(SearchableGroup.init))
        func find(_ text: String, types: Set<String> = [], openOnly: Bool = false) -> [Int] {
            index.search(text, typeCodes: types, openOnly: openOnly, after: nil, limit: 500).keys
        }
        #expect(find("").count == 136)
        #expect(find("", openOnly: true).count == 132)
        #expect(find("", types: ["06"]).count == 56)
        #expect(find("fernlea").contains(2119))
        #expect(find("2119") == [2119])
        #expect(find("tr00031") == [2119])
        #expect(find("?!").isEmpty)
        for uid in TestData.manifest.planted["groups_beyond_ascii"] {
            let name = try #require(groups.first { $0.uid == uid }?.name)
            #expect(find(SearchText.words(name).joined(separator: " ")).contains(uid))
        }
    }
}
