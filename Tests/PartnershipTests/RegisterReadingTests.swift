import Foundation
import Testing
import Values
@testable import PartnershipService

@Suite("Reading the register's files")
struct RegisterReadingTests {
    static let sample: WholeFile<EstablishmentRow> = {
        do {
            return try WholeFile(TestData.sampleFile(.establishments))
        } catch {
            fatalError("sample: \(error)")
        }
    }()

    static let schools = Dictionary(uniqueKeysWithValues: sample.values.map { (Int($0.urn.number), $0) })

    let counts = TestData.manifest.counts
    let planted = TestData.manifest.planted
    var schools: [Int: School] { Self.schools }

    @Test("every row of the sample is read without an issue")
    func whole() {
        #expect(Self.sample.records.count == counts["establishments"])
        #expect(Self.sample.values.count == counts["establishments"])
        #expect(Self.sample.issues.map(\.issue) == [])
        #expect(Self.sample.inspection.encoding == .windows1252)
    }

    @Test("statuses, phases, types and regions are as the manifest counts them")
    func counted() {
        let current = schools.values.filter { $0.isSelectable }
        func tally(_ schools: some Sequence<School>, _ code: (School) -> String) -> [String: Int] {
            schools.reduce(into: [:]) { $0[code($1), default: 0] += 1 }
        }
        #expect(tally(schools.values) { String($0.status.rawValue) } == counts.tables["by_status"])
        #expect(tally(schools.values, \.type.code) == counts.tables["by_type"])
        #expect(tally(current, \.phase.code) == counts.tables["current_by_phase"])
        #expect(tally(current, \.region.code) == counts.tables["current_by_region"])
        #expect(tally(schools.values.filter { !$0.isInEngland }, \.localAuthority.code)
            == counts.tables["not_england_by_la"])
        #expect(schools.values.count { $0.status != .closed } == counts["selectable_by_status"])
        #expect(current.count == counts["selectable_in_england"])
        #expect(schools.values.count { !$0.isInEngland } == counts["not_england"])
        #expect(Set(current.map(\.localAuthority.code)).count == counts["english_las"])
    }

    @Test("pupils, meals, numbers and places are as the manifest counts them")
    func details() {
        let open = schools.values.filter { [.open, .proposedToClose].contains($0.status) && $0.isInEngland }
        #expect(open.count { $0.freeSchoolMealsPermille != nil } == counts["fsm_known"])
        #expect(open.count { $0.freeSchoolMealsPermille ?? 0 >= 300 } == counts["fsm_30_or_more"])
        #expect(open.count { $0.freeSchoolMealsPermille == 300 } == counts["fsm_exactly_30"])
        #expect(open.count { $0.ukprn == nil } == counts["open_without_ukprn"])
        #expect(open.count { $0.pupils == nil } == counts["open_without_pupils"])
        #expect(open.count { $0.address.postcode == nil } == counts["open_without_postcode"])
        #expect(open.count { $0.location == nil } == counts["open_without_coordinates"])
        #expect(schools.values.count { $0.lastChangedOn == nil } == counts["without_last_changed_date"])
    }

    @Test("each trap of the sample is read as it should be")
    func traps() throws {
        for urn in planted["welsh"] + planted["overseas"] { #expect(schools[urn]?.isSelectable == false) }
        for urn in planted["curly_apostrophe"] { #expect(schools[urn]?.name.contains("’") == true) }
        for urn in planted["dash_in_name"] { #expect(schools[urn]?.name.contains("–") == true) }
        for urn in planted["no_break_space"] { #expect(schools[urn]?.name.contains("\u{A0}") == false) }
        for urn in planted["trailing_space"] { #expect(schools[urn]?.name.hasSuffix(" ") == false) }
        for urn in planted["double_space"] { #expect(schools[urn]?.name.contains("  ") == false) }
        for urn in planted["quote_in_name"] { #expect(schools[urn]?.name == "The \"Old Mill\" Community School") }
        for urn in planted["comma_in_address"] { #expect(schools[urn]?.address.street.contains(",") == true) }
        for urn in planted["line_break_in_address"] {
            #expect(schools[urn]?.address.street == "Lower School Site, Tannery Lane")
        }
        for urn in planted["formula_like"] { #expect(schools[urn]?.name.hasPrefix("+") == true) }
        for urn in planted["two_heads"] { #expect(schools[urn]?.headName == "Mrs Helen & David Ashworth & Clegg") }
        for urn in planted["no_district"] { #expect(schools[urn]?.district == RegisterCode.none) }
        for urn in planted["fsm_suppressed"] { #expect(schools[urn]?.freeSchoolMealsPermille == nil) }
        for urn in planted["closed_without_date"] {
            #expect(schools[urn]?.status == .closed && schools[urn]?.closedOn == nil)
        }
        let lost = planted["lost_letters"].compactMap { schools[$0] }
        #expect(lost.allSatisfy { ($0.name + $0.headName + $0.address.street + $0.address.locality
            + $0.address.town).contains("?") })
        let accents = planted["accented_names"].compactMap { schools[$0]?.name }.joined(separator: " ")
        for word in ["Brontë", "Renée", "García", "Chloë"] { #expect(accents.contains(word)) }
        let heads = planted["heads_beyond_ascii"].compactMap { schools[$0]?.headName }.joined(separator: " ")
        for word in ["Zoë D’Souza", "José Núñez", "O'Rourke", "Björn Müller-Okafor", "Siân ap Rhys"] {
            #expect(heads.contains(word))
        }
    }

    @Test("the other three files are read without an issue")
    func others() throws {
        let groups = try WholeFile<GroupRow>(TestData.sampleFile(.groups))
        #expect(groups.values.count == counts["groups"])
        #expect(groups.issues.map(\.issue) == [])
        let types = groups.values.reduce(into: [:]) { $0[$1.type.code, default: 0] += 1 }
        #expect(types == counts.tables["groups_by_type"])
        #expect(groups.values.count { !$0.isOpen } == counts["groups_closed"])
        let memberships = try WholeFile<MembershipRow>(TestData.sampleFile(.memberships))
        #expect(memberships.values.count == counts["memberships"])
        #expect(memberships.issues.map(\.issue) == [])
        let links = try WholeFile<LinkRow>(TestData.sampleFile(.links))
        #expect(links.issues.map(\.issue) == [])
        #expect(links.values.reduce(into: [:]) { $0[$1.type, default: 0] += 1 } == counts.tables["links_by_type"])
    }

    @Test("a file reads the same in pieces of any size", arguments: [1, 7, 1000, 65_536])
    func pieces(size: Int) throws {
        let bytes = try TestData.brokenFile("bad_rows.csv")
        let one = try WholeFile<EstablishmentRow>(bytes)
        let other = try WholeFile<EstablishmentRow>(bytes, chunk: size)
        #expect(one.values == other.values)
        #expect(one.issues.map(\.issue) == other.issues.map(\.issue))
        #expect(one.records.map(\.line) == other.records.map(\.line))
        #expect(one.records.map(\.endOffset) == other.records.map(\.endOffset))
    }

    @Test("each bad row has the verdict that the manifest gives it")
    func broken() throws {
        let file = try WholeFile<EstablishmentRow>(TestData.brokenFile("bad_rows.csv"))
        let verdicts = file.records.map { record in
            switch record.outcome {
            case .row(let row): row.issues.isEmpty ? "import" : "warn"
            case .ignored: "ignore"
            case .rejected: "reject"
            }
        }
        let expected = TestData.manifest.broken
        #expect(verdicts.count == expected.count)
        for (verdict, entry) in zip(verdicts, expected) {
            #expect(verdict == entry.verdict, "record \(entry.record): \(entry.why)")
        }
        let codes = file.issues.map { "\($0.record) \($0.issue.code.rawValue)" }
        #expect(codes == [
            "2 field-count", "3 field-count", "4 key-missing", "5 key-not-a-number", "8 key-repeated",
            "9 date-not-in-calendar", "10 date-format", "11 date-format", "11 close-date-of-open-school",
            "12 status-unknown", "13 type-unknown", "14 postcode-invalid", "15 coordinates-invalid",
            "16 coordinates-outside-great-britain", "17 utf-8-in-windows-1252", "18 byte-without-meaning",
            "19 nul-byte", "20 number-invalid", "21 percentage-invalid", "23 header-repeated", "24 name-missing",
        ])
        let kept = Dictionary(uniqueKeysWithValues: file.values.map { (Int($0.urn.number), $0) })
        #expect(kept[900_006]?.name == "St George's Roman Catholic Primary School")
        #expect(kept[900_008]?.openedOn?.isoText == "2012-09-01")
        #expect(kept[900_009]?.closedOn?.isoText == "2016-08-31")
        #expect(kept[900_011]?.type.code == "58")
        #expect(kept[900_012]?.address.postcode == nil)
        #expect(kept[900_013]?.location == nil && kept[900_014]?.location == nil)
        #expect(kept[900_015]?.name == "Z ZoÃ« Primary School")
        #expect(kept[900_016]?.name == "Byte \u{FFFD} Primary School")
        #expect(kept[900_018]?.pupils == nil && kept[900_019]?.freeSchoolMealsPermille == nil)
    }

    @Test("a file that was cut off is refused", arguments: [0, 1, 100, 2000])
    func truncated(more: Int) throws {
        let bytes = try TestData.brokenFile("truncated.csv")
        let problem = #expect(throws: GiasFileProblem.self) {
            try WholeFile<EstablishmentRow>.inspect(bytes.dropLast(more))
        }
        #expect(problem?.message.contains("cut off") == true || more >= 2000)
    }

    @Test("a file without a needed column is refused, and the column named")
    func missingColumn() throws {
        let bytes = try TestData.brokenFile("missing_column.csv")
        let problem = #expect(throws: GiasFileProblem.self) { try WholeFile<EstablishmentRow>.inspect(bytes) }
        #expect(problem?.message.contains("'EstablishmentStatus (code)'") == true)
    }

    @Test("a file of another kind is recognised", arguments: GiasFileKind.allCases)
    func wrongKind(kind: GiasFileKind) throws {
        let bytes = try TestData.sampleFile(kind)
        if kind != .establishments {
            let problem = #expect(throws: GiasFileProblem.self) { try WholeFile<EstablishmentRow>.inspect(bytes) }
            #expect(problem?.message.contains("the \(kind.title) file") == true)
        }
        if kind != .groups {
            let problem = #expect(throws: GiasFileProblem.self) { try WholeFile<GroupRow>.inspect(bytes) }
            #expect(problem?.message.contains("the \(kind.title) file") == true)
        }
    }

    @Test("other formats and empty files are refused", arguments: [
        [], [0xFF, 0xFE, 0x55, 0], Array("PK\u{3}\u{4}…".utf8), [0x1F, 0x8B, 8], Array("\r\n\r\n".utf8),
    ] as [[UInt8]])
    func otherFormats(bytes: [UInt8]) {
        #expect(throws: GiasFileProblem.self) { try WholeFile<EstablishmentRow>.inspect(bytes) }
    }

    @Test("a byte order mark is no part of the first column")
    func byteOrderMark() throws {
        let file = try WholeFile<EstablishmentRow>(TestData.brokenFile("utf8_bom.csv"))
        #expect(file.inspection.encoding == .utf8)
        #expect(file.inspection.columns.names.first == "URN")
        #expect(file.values.count == file.records.count && !file.values.isEmpty)
    }

    @Test("the Department's own file is read: UTF-8, unpadded, without a line end at its end")
    func fixture() throws {
        let file = try WholeFile<EstablishmentRow>(
            TestData.bytes(TestData.folder.appending(path: "fixture/gias_sample.csv")))
        #expect(file.inspection.encoding == .utf8)
        #expect(file.values.count == 99)
        #expect(file.issues.map(\.issue) == [])
        #expect(file.values.contains { $0.localAuthority.name == "Isle of Anglesey" || $0.district.name.contains("Môn") })
        #expect(!file.values.contains { $0.name.contains("Ã") || $0.district.name.contains("Ã") })
        #expect(file.values.first?.type.code == "02")
        #expect(file.values.first?.telephone == "02072831147")
        #expect(file.values.contains { $0.name.contains("T? ") })
    }

    @Test("dates are read in three styles, and only if the calendar has them", arguments: [
        ("29-09-2017", "2017-09-29"), ("29/09/2017", "2017-09-29"), ("2017-09-29", "2017-09-29"), ("1/9/2017", "2017-09-01"),
        ("31-02-2017", nil), ("29-09-17", nil), ("soon", nil), ("2017/09/29", nil), ("29-09-2017x", nil), ("-1-2-2017", nil),
    ] as [(String, String?)])
    func dates(text: String, expected: String?) {
        var read: String?
        if case .date(let date, _) = RegisterDate(text) { read = date.isoText }
        #expect(read == expected)
    }

    @Test("letters of Windows-1252 are told from UTF-8", arguments: [
        ([0x5A, 0x6F, 0xEB], TextEncoding.windows1252), ([0x5A, 0x6F, 0xC3, 0xAB], .utf8), ([0x41], .utf8),
        ([0xC3], .windows1252), ([0xED, 0xA0, 0x80], .windows1252), ([0xF4, 0x90, 0x80, 0x80], .windows1252),
        ([0xE2, 0x80, 0x99], .utf8), ([0xEF, 0xBB, 0xBF, 0xEB], .utf8), ([0xC0, 0x80], .windows1252),
    ] as [([UInt8], TextEncoding)])
    func encodings(bytes: [UInt8], expected: TextEncoding) {
        var detector = TextEncodingDetector()
        detector.feed(bytes)
        #expect(detector.encoding == expected)
        guard !bytes.starts(with: TextEncoding.byteOrderMark) else { return }
        var piecewise = TextEncodingDetector()
        for byte in bytes { piecewise.feed([byte]) }
        #expect(piecewise.encoding == expected)
    }
}
