import Contracts
import Foundation
import RPC
import ServiceKit
import TestSupport
import Testing
import Values
@testable import PartnershipService

@Suite("Schools and imports over the RPC")
struct SchoolFlowTests {
    @Test("a school is answered with its groups and links")
    func school() async throws {
        let harness = try Harness(batchRows: 1000)
        _ = try await harness.importSample()
        let school = try await harness.schools.getSchool(.init(urn: 100_040))
        #expect(school.name == "Markcombe Infant and Nursery School" && school.laestab == "340/2013")
        #expect(school.type == .init(code: "01", name: "Community school"))
        #expect(school.freeSchoolMealsPermille == 163 && school.pupils == 98 && school.selectable)
        #expect(school.location == .init(easting: 343_944, northing: 392_176))
        #expect(school.lastChangedOn == .init(year: 2016, month: 5, day: 7))
        let closed = try await harness.schools.getSchool(.init(urn: 100_107))
        #expect(closed.status == .closed && !closed.selectable)
        #expect(closed.links.map(\.urn) == [137_260] && closed.links[0].linkType == "Successor")
        let unknown = TestData.manifest.planted["no_district"][0]
        #expect(try await harness.schools.getSchool(.init(urn: Int64(unknown))).district == nil)
        for urn in [0, -5, 999_999, Int64.max] {
            #expect(await statusOf { _ = try await harness.schools.getSchool(.init(urn: urn)) }?.code == .notFound)
        }
        let found = try await harness.schools.searchSchools(.init(query: "saint marys", selectableOnly: true, pageSize: 3))
        #expect(found.schools.count == 3 && !found.nextPageToken.isEmpty)
        let next = try await harness.schools.searchSchools(.init(
            query: "saint marys", selectableOnly: true, pageSize: 3, pageToken: found.nextPageToken))
        #expect(Set(next.schools.map(\.urn)).isDisjoint(with: found.schools.map(\.urn)))
        let foreign = await statusOf {
            _ = try await harness.schools.searchSchools(.init(query: "oak", pageToken: found.nextPageToken))
        }
        #expect(foreign?.code == .invalidArgument)
        #expect(try await harness.schools.searchSchools(.init(typeCode: ["1"], pageSize: 1)).schools.first?.type?.code == "01")
        let long = String(repeating: "x", count: 201)
        #expect(await statusOf { _ = try await harness.schools.searchSchools(.init(query: long)) }?.code == .invalidArgument)
        try await groups(harness)
    }

    @Test("the index holds of each school what the register says")
    func index() async throws {
        let harness = try Harness(batchRows: 1000)
        _ = try await harness.importSample()
        let held = try await harness.partnership.searchable()
        #expect(held.schools.sorted { $0.urn < $1.urn } == RegisterReadingTests.sample.values.map(SearchableSchool.init))
        let groups = try WholeFile<GroupRow>(TestData.sampleFile(.groups)).values
        #expect(held.groups.sorted { $0.uid < $1.uid } == groups.map(SearchableGroup.init))
        #expect(try await harness.index.current().generation == held.generation && held.generation == 2)
    }

    private func groups(_ harness: Harness) async throws {
        let group = try await harness.schools.getSchoolGroup(.init(uid: 2965))
        #expect(group.name == "THE SPRINGWELL FEDERATION" && group.memberCount == 40 && group.open)
        var urns: [Int64] = []
        var token = ""
        repeat {
            let page = try await harness.schools.listGroupSchools(.init(uid: 2965, pageSize: 15, pageToken: token))
            urns += page.schools.map(\.urn)
            token = page.nextPageToken
        } while !token.isEmpty
        #expect(urns.count == 40 && Set(urns).count == 40)
        let found = try await harness.schools.searchSchoolGroups(.init(query: "springwell", typeCode: ["6"]))
        #expect(found.groups.map(\.uid) == [2965] && found.groups[0].memberCount == 40)
        #expect(await statusOf { _ = try await harness.schools.getSchoolGroup(.init(uid: 1)) }?.code == .notFound)
        #expect(await statusOf { _ = try await harness.schools.listGroupSchools(.init(uid: 1)) }?.code == .notFound)
    }

    @Test("an import is opened, given files, started and watched to its end")
    func watched() async throws {
        let harness = try Harness(batchRows: 20)
        let opened = try await harness.imports.createGiasImport(.init())
        #expect(opened.state == .receiving)
        let noFile = await statusOf { _ = try await harness.imports.startGiasImport(.init(id: opened.id)) }
        #expect(noFile?.code == .failedPrecondition)
        let groups = try TestData.sampleFile(.groups)
        _ = try await harness.upload(Array("wrong".utf8), .groups, to: opened.id)
        let given = try await harness.upload(groups, .groups, to: opened.id, chunk: 7777,
                                             announced: Int64(groups.count))
        #expect(given.files.map(\.bytesTotal) == [Int64(groups.count)])
        #expect(try await harness.count("gias_import_chunks") == 1)
        let started = try await harness.imports.startGiasImport(.init(id: opened.id))
        #expect(started.state == .queued)
        #expect(try await harness.imports.startGiasImport(.init(id: opened.id)).version == started.version)
        let late = await statusOf { _ = try await harness.upload(groups, .groups, to: opened.id) }
        #expect(late?.code == .failedPrecondition)
        async let ran = harness.runner().runNext(takingOver: false)
        var seen: [PartnershipV1.GiasImport] = []
        for try await found in harness.imports.watchGiasImport(.init(id: opened.id)) { seen.append(found) }
        #expect(try await ran)
        #expect(seen.last?.state == .succeeded && seen.last?.files.first?.inserted == 136)
        #expect(seen.map(\.version) == seen.map(\.version).sorted())
        let listed = try await harness.imports.listGiasImports(.init()).imports
        #expect(listed == [try #require(seen.last)])
    }

    @Test("a file whose stream breaks off is not kept")
    func brokenStream() async throws {
        let harness = try Harness()
        let opened = try await harness.imports.createGiasImport(.init())
        let short = await statusOf {
            _ = try await harness.upload(Array("abc".utf8), .links, to: opened.id, announced: 5)
        }
        #expect(short?.code == .invalidArgument)
        let empty = await statusOf { _ = try await harness.upload([], .links, to: opened.id) }
        #expect(empty?.code == .invalidArgument)
        let large = await statusOf {
            _ = try await harness.upload([UInt8](repeating: 65, count: 5 << 20), .links, to: opened.id)
        }
        #expect(large?.code == .invalidArgument)
        let headless = await statusOf {
            _ = try await harness.imports.uploadGiasFile { try await $0.write(.init(part: .bytes([1]))) }
        }
        #expect(headless?.code == .invalidArgument)
        let unknown = await statusOf {
            _ = try await harness.upload([1], .links, to: CountedIdentifiers().next().text)
        }
        #expect(unknown?.code == .notFound)
        struct BrokenOff: Error {}
        await #expect(throws: (any Error).self) {
            _ = try await harness.imports.uploadGiasFile { writer in
                try await writer.write(.init(part: .head(.init(importId: opened.id, file: .links))))
                try await writer.write(.init(part: .bytes([UInt8](repeating: 65, count: 200_000))))
                throw BrokenOff()
            }
        }
        #expect(try await harness.imports.getGiasImport(.init(id: opened.id)).files.isEmpty)
    }

    @Test("an import is cancelled in the queue at once, and while it runs at a checkpoint")
    func cancelled() async throws {
        let harness = try Harness(batchRows: 10)
        let queued = try await harness.begin([(.groups, try TestData.sampleFile(.groups))])
        #expect(try await harness.imports.cancelGiasImport(.init(id: queued.text)).state == .cancelled)
        #expect(try await harness.count("gias_import_chunks") == 0)
        #expect(try await !harness.runner().runNext(takingOver: false))
        let restart = await statusOf { _ = try await harness.imports.startGiasImport(.init(id: queued.text)) }
        #expect(restart?.code == .failedPrecondition)

        let running = try await harness.begin([(.groups, try TestData.sampleFile(.groups))])
        let claim = try #require(try await PartnershipStore.imports.claim(
            in: harness.store, runner: "gone", takingOver: false, now: harness.wallClock.now()))
        #expect(claim.importID == running)
        #expect(try await harness.imports.cancelGiasImport(.init(id: running.text)).state == .running)
        #expect(try await harness.runner().runNext(takingOver: true))
        let ended = try await harness.imports.getGiasImport(.init(id: running.text))
        #expect(ended.state == .cancelled && ended.files[0].rowsRead == 0)
        #expect(try await harness.count("gias_import_chunks") == 0)
        #expect(try await harness.imports.cancelGiasImport(.init(id: running.text)) == ended)
    }
}
