import Contracts
import RPC
import TestSupport
import Testing
import Values
@testable import EnrolmentService

@Suite("Programmes and cohorts")
struct CatalogueTests {
    @Test("each programme has one version a year, from its first cohort on", arguments: 2017...2030)
    func versions(year: Int) {
        let offered = ProgrammeCatalogue.all.filter { $0.isOffered(toCohortOf: year) }
        #expect(Set(offered.map(\.identifier)).count == offered.count)
        for programme in offered {
            #expect(ProgrammeCatalogue.programme(programme.identifier, cohortYear: year) == programme)
            #expect(ProgrammeCatalogue.programme(programme.identifier, version: programme.version) == programme)
        }
    }

    @Test("the suites are those of their years")
    func suites() {
        func codes(_ year: Int) -> Set<String> {
            Set(ProgrammeCatalogue.all.filter { $0.isOffered(toCohortOf: year) }.map(\.shortCode))
        }
        #expect(codes(2016).isEmpty)
        #expect(codes(2017) == ["NPQML", "NPQSL", "NPQH", "NPQEL"])
        #expect(codes(2021) == ["NPQSL", "NPQH", "NPQEL", "NPQLT", "NPQLTD", "NPQLBC", "ASO"])
        #expect(codes(2025) == ["NPQSL", "NPQH", "NPQEL", "NPQLT", "NPQLTD", "NPQLBC", "EHCO", "NPQEYL", "NPQLL", "NPQLPM",
                                "NPQSENCO"])
        #expect(codes(2026).subtracting(codes(2025)) == ["NPDLI"])
    }

    @Test("declarations are those of the course group")
    func declarations() {
        for programme in ProgrammeCatalogue.all {
            let expected: [DeclarationType] = switch programme.group {
            case .npq2017, .twoDeclarations: [.started, .completed]
            case .specialist: [.started, .retained1, .completed]
            case .leadership, .support, .ehco: [.started, .retained1, .retained2, .completed]
            }
            #expect(programme.declarations == expected)
            #expect(programme.hasOutcome == ![.support, .ehco, .twoDeclarations].contains(programme.group))
            #expect(programme.declarationSplit.isEmpty || programme.declarationSplit.reduce(0, +) == 100)
            #expect(!programme.modules.isEmpty)
        }
        #expect(ProgrammeCatalogue.programme("npq-headship", cohortYear: 2017)?.placementDays == 9)
    }

    @Test("a programme is known by its code, its identifier and its name")
    func meaning() {
        #expect(ProgrammeCatalogue.programme(meaning: "NPQH")?.kind == .code)
        #expect(ProgrammeCatalogue.programme(meaning: " npqh ")?.kind == .untidyCode)
        let name = ProgrammeCatalogue.programme(meaning: "National Professional Qualification for  Headship")
        #expect(name?.identifier == "npq-headship" && name?.kind == .name)
        #expect(ProgrammeCatalogue.programme(meaning: "NPQXL") == nil)
    }

    @Test("a cohort is opened once, and found again")
    func open() async throws {
        let harness = try Harness()
        let opened = try await harness.openCohort("2017a", cap: .capped)
        #expect(opened.version == 1 && opened.schedules.count == 6)
        #expect(try await harness.catalogue.getCohort(.init(id: "2017a")) == opened)
        #expect(await statusOf { try await harness.openCohort("2017a") }?.code == .alreadyExists)
        #expect(await statusOf { _ = try await harness.catalogue.getCohort(.init(id: "2099z")) }?.code == .notFound)
        try await harness.openCohort("2018a")
        let first = try await harness.catalogue.listCohorts(.init(pageSize: 1))
        #expect(first.cohorts.map(\.id) == ["2018a"])
        let second = try await harness.catalogue.listCohorts(.init(pageSize: 1, pageToken: first.nextPageToken))
        #expect(second.cohorts.map(\.id) == ["2017a"] && second.nextPageToken.isEmpty)
    }

    @Test("a cohort's fields are judged together")
    func invalid() async throws {
        let harness = try Harness()
        let error = await statusOf {
            _ = try await harness.catalogue.openCohort(.init(id: "2016a", schedules: [.init(identifier: "x")]))
        }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.contains("id must be") == true && error?.message.contains("and 6 more") == true)
    }

    @Test("a schedule that participants have cannot be left out")
    func scheduleInUse() async throws {
        let harness = try Harness()
        let cohort = try await harness.openCohort()
        let participant = try await harness.participant()
        #expect(participant.schedule == "npq-2017-autumn")
        var update = EnrolmentV1.UpdateCohortRequest(
            id: "2017a", name: "Autumn", applicationsFrom: cohort.applicationsFrom, applicationsTo: cohort.applicationsTo,
            schedules: cohort.schedules.filter { $0.courseGroup != .npq2017 }, expectedVersion: 1)
        #expect(await rule { _ = try await harness.catalogue.updateCohort(update) } == "SCHEDULE_IN_USE")
        update.schedules = cohort.schedules.filter { $0.courseGroup == .npq2017 }
        #expect(try await harness.catalogue.updateCohort(update).version == 2)
        #expect(await statusOf { _ = try await harness.catalogue.updateCohort(update) }?.code == .aborted)
    }
}
