import Contracts
import Foundation
import Logging
import RPC
import RPCInProcess
import ServiceKit
import Storage
import TestSupport
import Testing
import Values
import Wire
@testable import EnrolmentService

/// The service without its process: a store of its own, a clock that stands still, a Partnership that
/// tests fill, and the same parts that the assembly joins.
final class Harness: Sendable {
    let store: Store
    let enrolment: EnrolmentStore
    let wallClock: FixedWallClock
    let channel: InProcessChannel
    let partnership: PartnershipStub
    let progress = ChangeSignal()
    let batchRows: Int

    /// Noon on 1 September 2017.
    static let start = Instant(microseconds: 1_504_263_600_000_000)

    /// - Parameter path: file of the store; nil: a temporary one.
    init(path: String? = nil, batchRows: Int = 100, partnership: PartnershipStub = PartnershipStub()) throws {
        let location = try TestStore.location(path: path)
        store = try Store(opening: location, service: "enrolment", migrations: Migrations.all, at: Self.start,
                          log: Self.quiet)
        enrolment = EnrolmentStore(store: store, identifiers: SystemIdentifiers(), payloads: ContractPayloads())
        wallClock = FixedWallClock(Self.start)
        self.partnership = partnership
        self.batchRows = batchRows
        let register = PartnershipRegister(partnership.channel)
        var router = Router()
        CatalogueService(store: enrolment, wallClock: wallClock).register(with: &router)
        CandidatesService(store: enrolment, register: register, wallClock: wallClock).register(with: &router)
        ApplicationsService(store: enrolment, register: register, wallClock: wallClock).register(with: &router)
        ApplicationImportsService(store: enrolment, progress: progress, wallClock: wallClock, clock: ContinuousClock(),
                                  intake: FileIntake(largest: 64 << 20)).register(with: &router)
        channel = InProcessChannel(to: RPCServer(router: router, interceptors: [StoreErrors()]))
    }

    static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

    var catalogue: CatalogueClient { CatalogueClient(channel) }
    var candidates: CandidatesClient { CandidatesClient(channel) }
    var applications: ApplicationsClient { ApplicationsClient(channel) }
    var imports: ApplicationImportsClient { ApplicationImportsClient(channel) }

    // MARK: What most tests begin with

    /// A cohort whose applications and acceptances are open now, with a schedule of each group.
    @discardableResult
    func openCohort(_ id: String = "2017a", cap: EnrolmentV1.FundingCap = .full,
                    to: CommonV1.Date = .init(year: 2017, month: 9, day: 15)) async throws -> EnrolmentV1.Cohort {
        let year = Int32(id.prefix(4)) ?? 2017
        return try await catalogue.openCohort(.init(
            id: id, name: "Cohort \(id)", fundingCap: cap, applicationsFrom: .init(year: 2017, month: 1, day: 1),
            applicationsTo: to, schedules: CourseGroup.allCases.map { group in
                EnrolmentV1.Schedule(
                    identifier: "\(group.name)-autumn", courseGroup: .init(rawValue: Int32(group.rawValue)),
                    acceptanceFrom: .init(year: 2017, month: 6, day: 1),
                    acceptanceTo: .init(year: 2017, month: 12, day: 31),
                    startsOn: .init(year: year, month: 9, day: 18), endsOn: .init(year: year + 1, month: 12, day: 31))
            }))
    }

    func register(_ name: String = "Ada Byron", trn: String? = nil, urn: Int64? = nil) async throws -> String {
        try await candidates.registerCandidate(.init(fullName: name, trn: trn, schoolUrn: urn)).id
    }

    func submit(_ candidate: String, _ programme: String = "npq-senior-leadership", _ cohort: String = "2017a",
                eligible: Bool = false) async throws -> EnrolmentV1.Application {
        try await applications.submitApplication(.init(
            candidateId: candidate, programme: programme, cohortId: cohort, eligibleForFunding: eligible))
    }

    /// Registers somebody, and submits and accepts an application.
    func participant(_ programme: String = "npq-senior-leadership",
                     _ cohort: String = "2017a") async throws -> EnrolmentV1.Application {
        let application = try await submit(try await register(), programme, cohort)
        return try await applications.acceptApplication(.init(id: application.id))
    }

    // MARK: Imports

    func runner() -> ImportRunner {
        ImportRunner(
            EnrolmentStore.imports,
            ApplicationImportWork(store: enrolment, register: PartnershipRegister(partnership.channel),
                                  progress: progress, wallClock: wallClock, batchRows: batchRows),
            store: store, progress: progress, name: enrolment.identifiers.next().text, wallClock: wallClock,
            clock: ContinuousClock(), logger: Self.quiet)
    }

    func upload(_ bytes: [UInt8], to id: String, chunk: Int = 100_000,
                announced: Int64 = 0) async throws -> EnrolmentV1.ApplicationImport {
        try await imports.uploadApplicationFile { writer in
            try await writer.write(.init(part: .head(.init(importId: id, name: "candidates.csv", bytesTotal: announced))))
            for start in stride(from: 0, to: bytes.count, by: chunk) {
                try await writer.write(.init(part: .bytes(Array(bytes[start..<min(start + chunk, bytes.count)]))))
            }
        }
    }

    /// Opens an import with a file and starts it.
    func begin(_ bytes: [UInt8], cohort: String = "", isDryRun: Bool = false) async throws -> String {
        let opened = try await imports.createApplicationImport(.init(cohortId: cohort, dryRun: isDryRun))
        _ = try await upload(bytes, to: opened.id)
        return try await imports.startApplicationImport(.init(id: opened.id)).id
    }

    /// Opens, starts and runs an import to its end.
    @discardableResult
    func run(_ bytes: [UInt8], cohort: String = "", isDryRun: Bool = false) async throws -> EnrolmentV1.ApplicationImport {
        let id = try await begin(bytes, cohort: cohort, isDryRun: isDryRun)
        #expect(try await runner().runNext(takingOver: false))
        return try await imports.getApplicationImport(.init(id: id))
    }

    /// All of an import's results, page by page.
    func results(_ id: String, _ outcomes: [EnrolmentV1.RowOutcome] = []) async throws -> [EnrolmentV1.RowResult] {
        var results: [EnrolmentV1.RowResult] = []
        var token = ""
        repeat {
            let page = try await imports.listRowResults(.init(id: id, outcome: outcomes, pageSize: 700, pageToken: token))
            results += page.results
            token = page.nextPageToken
        } while !token.isEmpty
        return results
    }

    func events() async throws -> [FeedRecord] {
        try await store.events(after: nil, limit: 1_000_000)
    }

    func count(_ table: String) async throws -> Int64 {
        try await store.read { reader in try reader.row("SELECT COUNT(*) FROM \(raw: table)")?.int(0) ?? -1 }
    }
}


/// The rule that a call was refused for, such as "NOT_STARTED"; its status if it names none.
func rule(_ call: () async throws -> Void) async -> String {
    guard let error = await statusOf(call) else { return "OK" }
    let failure = StatusDetails.first(GoogleRPC.PreconditionFailure.self, in: error)
    return failure?.violations.first?.type ?? error.code.name
}
