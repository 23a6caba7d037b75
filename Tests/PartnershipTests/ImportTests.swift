import Contracts
import Foundation
import Storage
import Testing
import Values
@testable import PartnershipService

@Suite("Importing the register")
struct ImportTests {
    let counts = TestData.manifest.counts

    static func tally(_ file: GiasFileProgress) -> [Int64] {
        let counts = file.counts
        return [counts.rowsRead, counts.inserted, counts.updated, counts.unchanged, counts.ignored, counts.rejected,
                counts.warned]
    }

    @Test("the sample is imported with just the manifest's counts")
    func sample() async throws {
        let harness = try Harness()
        let done = try await harness.importSample()
        #expect(done.state == .succeeded && done.failure.isEmpty)
        #expect(done.files.map(\.kind) == GiasFileKind.allCases)
        #expect(done.files.allSatisfy { $0.isDone && $0.bytesRead == $0.bytesTotal })
        let schools = Int64(counts["establishments"])
        let groups = Int64(counts["groups"])
        let memberships = Int64(counts["memberships"])
        let unknown = Int64(counts["memberships_of_unknown_establishments"])
        let links = Int64(counts["links"])
        #expect(done.files.map(Self.tally) == [
            [schools, schools, 0, 0, 0, 0, 0], [groups, groups, 0, 0, 0, 0, 0],
            [memberships, memberships - unknown, 0, 0, unknown, 0, 0], [links, links, 0, 0, 0, 0, 0],
        ])
        #expect(done.issuesFound == 0)
        #expect(try await harness.count("schools") == schools)
        #expect(try await harness.count("gias_import_chunks") == 0)
        let events = try await harness.events()
        let successors = try #require(counts.tables["links_by_type"]).filter { $0.key.hasPrefix("Successor") }
        #expect(events.count { $0.event.type == "school.added" } == counts["establishments"])
        #expect(events.count { $0.event.type == "school.changed" } <= successors.values.reduce(0, +))
        try await checkGraph(harness)
    }

    /// Groups, memberships and links as the manifest has them.
    private func checkGraph(_ harness: Harness) async throws {
        let byGroups = try await harness.store.read { reader in
            try reader.rows("""
                SELECT urn, COUNT(*) FROM group_memberships WHERE is_ended = 0 GROUP BY urn
                """).map { Int(try $0.int(1)) }
        }
        #expect(byGroups.count { $0 == 2 } == counts["establishments_in_two_groups"])
        #expect(byGroups.count { $0 == 3 } == counts["establishments_in_three_groups"])
        var sizes: [String: Int] = [:]
        let trusts = try await harness.store.read { reader in
            try reader.rows("SELECT uid FROM school_groups WHERE type_code = '06' AND is_open = 1").map {
                Int(try $0.int(0))
            }
        }
        for group in try await harness.partnership.groups(trusts) { sizes[String(group.memberCount), default: 0] += 1 }
        #expect(sizes == counts.tables["open_trusts_by_size"])
        let planted = TestData.manifest.planted
        for urn in planted["trust_mismatch"] {
            let school = try await harness.school(urn)
            #expect(school.stored.school.trustUID == nil && !school.groups.isEmpty)
        }
        for urn in planted["link_to_unknown_urn"] {
            #expect(try await harness.school(urn).links.contains { $0.otherName.isEmpty })
        }
        for chain in [[129_938, 140_956, 146_692], [129_658, 136_001, 139_726], [106_489, 138_285, 142_555]] {
            for (earlier, later) in zip(chain, chain.dropFirst()) {
                let links = try await harness.school(earlier).links
                #expect(links.contains { $0.link.isSuccessor && $0.link.otherURN.number == Int32(later) })
            }
        }
        let unpadded = try #require(planted["unpadded_group_type"].first)
        #expect(try await harness.partnership.group(unpadded)?.group.type.code == "06")
    }

    @Test("the same files again change nothing: no version, no history, no event")
    func again() async throws {
        let harness = try Harness()
        _ = try await harness.importSample()
        let before = try await harness.register()
        let events = try await harness.events().count
        let history = try await harness.count("store_history WHERE entity <> 'gias-import'")
        let done = try await harness.importSample()
        #expect(done.files.map(Self.tally) == [
            [1200, 0, 0, 1200, 0, 0, 0], [136, 0, 0, 136, 0, 0, 0], [634, 0, 0, 617, 17, 0, 0], [159, 0, 0, 159, 0, 0, 0],
        ])
        #expect(try await harness.register() == before)
        #expect(try await harness.events().count == events)
        #expect(try await harness.count("store_history WHERE entity <> 'gias-import'") == history)
    }

    @Test("an update does to each school what the manifest says")
    func update() async throws {
        let harness = try Harness()
        _ = try await harness.importSample()
        let events = try await harness.events().count
        let done = try await harness.run(try GiasFileKind.allCases.map { ($0, try TestData.updateFile($0)) })
        #expect(done.files.map(Self.tally) == [
            [9, 1, 6, 1, 1, 0, 0], [2, 0, 2, 0, 0, 0, 0], [2, 2, 0, 0, 0, 0, 0], [2, 2, 0, 0, 0, 0, 0],
        ])
        for expected in TestData.manifest.update.expected {
            let history = try await harness.historyChanges("school", expected.urn)
            let version = try await harness.school(expected.urn).stored.version
            switch expected.action {
            case "insert": #expect(history == ["added"] && version == 1)
            case "update": #expect(history.count == 2 && version == 2, "\(expected.urn)")
            default: #expect(history == ["added"] && version == 1, "\(expected.urn)")
            }
        }
        let told = try await harness.events().dropFirst(events).map { "\($0.event.type) \($0.event.subject)" }
        #expect(told == [
            "school.closed 109620", "school.changed 137364", "school.changed 138675", "school.changed 139544",
            "school.changed 140144", "school.changed 146826", "school.added 146989", "school.changed 109620",
        ])
        try await checkMoves(harness)
    }

    private func checkMoves(_ harness: Harness) async throws {
        let update = TestData.manifest.update
        let moved = try await harness.school(138_675)
        #expect(moved.groups.contains { $0.uid == update.moved_to_group && $0.joinedOn?.isoText == "2017-10-02" })
        #expect(!moved.groups.contains { $0.uid == update.moved_from_group })
        #expect(try await harness.partnership.group(update.group_renamed)?.group.name.hasSuffix("(NORTH)") == true)
        #expect(try await harness.partnership.group(update.group_closed)?.group.isOpen == false)
        let closed = try await harness.school(109_620)
        #expect(closed.stored.school.status == .closed)
        #expect(closed.links.contains { $0.link.isSuccessor && $0.link.otherURN.number == 146_989 })
        let successor = try await harness.school(146_989)
        #expect(successor.stored.school.laestab == closed.stored.school.laestab)
        #expect(successor.groups.contains { $0.uid == 2119 })
        // The older files again: what they tell is not news, and nobody moves back.
        let before = try await harness.register()
        let done = try await harness.run([
            (.establishments, try TestData.sampleFile(.establishments)),
            (.memberships, try TestData.sampleFile(.memberships)),
        ])
        let again = try await harness.school(138_675)
        #expect(again.groups == moved.groups)
        #expect(done.files[1].counts.inserted == 0 && done.files[1].counts.updated == 0)
        #expect(try await harness.register().filter { $0.hasPrefix("group_memberships") }
            == before.filter { $0.hasPrefix("group_memberships") })
    }

    @Test("heads of schools are not kept in the history")
    func personal() async throws {
        let harness = try Harness()
        _ = try await harness.importSample()
        let head = try await harness.school(140_144).stored.school.headName
        try await harness.run([(.establishments, try TestData.updateFile(.establishments))])
        let details = try await harness.store.read { reader in
            try reader.history(entity: "school", id: "140144", limit: 10).map(\.detailJSON)
        }
        #expect(details[0].contains("\"headName\":[\"…\",\"…\"]") && !details[0].contains(head))
        #expect(details[0].contains("\"pupils\""))
    }

    @Test("bad rows are counted and their issues kept")
    func broken() async throws {
        let harness = try Harness(batchRows: 4)
        let done = try await harness.run([(.establishments, try TestData.brokenFile("bad_rows.csv"))])
        #expect(done.state == .succeeded)
        #expect(done.files.map(Self.tally) == [[25, 13, 0, 0, 2, 10, 10]])
        #expect(done.issuesFound == 21 && done.issuesKept == 21)
        var issues: [PartnershipV1.GiasIssue] = []
        var token = ""
        repeat {
            let page = try await harness.imports.listGiasImportIssues(
                .init(id: done.id.text, pageSize: 5, pageToken: token))
            issues += page.issues
            token = page.nextPageToken
        } while !token.isEmpty
        #expect(issues.count == 21)
        #expect(issues.map(\.record) == issues.map(\.record).sorted())
        let conflict = try #require(issues.first { $0.code == "key-repeated" })
        #expect(conflict.record == 8 && conflict.line == 9 && conflict.key == "900006")
        #expect(conflict.severity == .rejected && conflict.column == "URN")
    }

    @Test("a file that cannot be used fails the import, and nothing of any file is applied", arguments: [
        "truncated.csv", "missing_column.csv",
    ])
    func unusable(name: String) async throws {
        let harness = try Harness()
        let done = try await harness.run([
            (.groups, try TestData.sampleFile(.groups)), (.establishments, try TestData.brokenFile(name)),
        ])
        #expect(done.state == .failed)
        #expect(done.failure.contains("establishments file"))
        #expect(try await harness.count("schools") == 0)
        #expect(try await harness.count("school_groups") == 0)
        #expect(try await harness.count("gias_import_chunks") == 0)
    }

    @Test("a byte order mark and the Department's own file are no trouble")
    func otherFiles() async throws {
        let harness = try Harness()
        let marked = try await harness.run([(.establishments, try TestData.brokenFile("utf8_bom.csv"))])
        #expect(marked.state == .succeeded && marked.files[0].counts.rejected == 0)
        let fixture = try TestData.bytes(TestData.folder.appending(path: "fixture/gias_sample.csv"))
        let done = try await harness.run([(.establishments, fixture)])
        #expect(Self.tally(done.files[0]) == [99, 99, 0, 0, 0, 0, 0])
    }

    @Test("memberships of groups that nobody holds are rejected with advice")
    func unknownGroup() async throws {
        let harness = try Harness()
        let done = try await harness.run([
            (.establishments, try TestData.sampleFile(.establishments)),
            (.memberships, try TestData.sampleFile(.memberships)),
        ])
        #expect(Self.tally(done.files[1]) == [634, 0, 0, 0, 17, 617, 0])
    }

    @Test("a column that a file lacks leaves what is held as it is")
    func absentColumn() async throws {
        let harness = try Harness()
        _ = try await harness.importSample()
        let before = try await harness.school(140_144).stored.school
        let text = String(decoding: try TestData.updateFile(.establishments), as: UTF8.self)
        let renamed = text.replacing("\"TelephoneNum\"", with: "\"Telephone\"")
            .replacing("\"PercentageFSM\"", with: "\"FSM%\"")
        let done = try await harness.run([(.establishments, Array(renamed.utf8))])
        #expect(done.files[0].counts.updated == 5)
        let after = try await harness.school(140_144).stored.school
        #expect(after.telephone == before.telephone && after.pupils != before.pupils)
        #expect(after.freeSchoolMealsPermille == before.freeSchoolMealsPermille)
        #expect(try await harness.historyChanges("school", 137_364) == ["added"])
    }
}
