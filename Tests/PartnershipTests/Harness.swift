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
@testable import PartnershipService

/// The service without its process: a store of its own, a clock that stands still, and the same parts
/// that the assembly joins.
final class Harness: Sendable {
    let store: Store
    let partnership: PartnershipStore
    let index: RegisterIndex
    let progress = ChangeSignal()
    let wallClock = FixedWallClock(Instant(microseconds: 1_506_690_000_000_000))
    let channel: InProcessChannel
    let batchRows: Int

    /// 29 September 2017, the day of the sample.
    static let snapshot = Instant(microseconds: 1_506_690_000_000_000)

    /// - Parameter path: file of the store; nil: a temporary one.
    init(path: String? = nil, batchRows: Int = 100, identifiers: any IdentifierSource = SystemIdentifiers()) throws {
        let location = try TestStore.location(path: path)
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        store = try Store(opening: location, service: "partnership", migrations: Migrations.all,
                          at: Self.snapshot, log: quiet)
        partnership = PartnershipStore(store: store, identifiers: identifiers, payloads: ContractPayloads())
        index = RegisterIndex(partnership, clock: ContinuousClock(), logger: quiet)
        self.batchRows = batchRows
        var router = Router()
        SchoolsService(store: partnership, search: RegisterSearch(store: partnership, index: index))
            .register(with: &router)
        PartnersService(store: partnership, wallClock: wallClock).register(with: &router)
        GiasImportsService(store: partnership, progress: progress, wallClock: wallClock, clock: ContinuousClock(),
                           intake: FileIntake(largest: 4 << 20)).register(with: &router)
        channel = InProcessChannel(to: RPCServer(router: router, interceptors: [StoreErrors()]))
    }

    var schools: SchoolsClient { SchoolsClient(channel) }
    var partners: PartnersClient { PartnersClient(channel) }
    var imports: GiasImportsClient { GiasImportsClient(channel) }

    func runner(batchRows: Int? = nil) -> ImportRunner {
        ImportRunner(
            PartnershipStore.imports,
            GiasImportWork(store: partnership, index: index, progress: progress, wallClock: wallClock,
                           batchRows: batchRows ?? self.batchRows),
            store: store, progress: progress, name: partnership.identifiers.next().text, wallClock: wallClock,
            clock: ContinuousClock(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Opens an import with these files and starts it.
    func begin(_ files: [(GiasFileKind, [UInt8])]) async throws -> UUIDv7 {
        let opened = try await imports.createGiasImport(.init())
        for (kind, bytes) in files { _ = try await upload(bytes, kind, to: opened.id) }
        _ = try await imports.startGiasImport(.init(id: opened.id))
        return try #require(UUIDv7(opened.id))
    }

    func upload(_ bytes: [UInt8], _ kind: GiasFileKind, to id: String, chunk: Int = 100_000,
                announced: Int64 = 0) async throws -> PartnershipV1.GiasImport {
        try await imports.uploadGiasFile { writer in
            try await writer.write(.init(part: .head(.init(
                importId: id, file: .init(kind), name: TestData.fileName(kind), bytesTotal: announced))))
            for start in stride(from: 0, to: bytes.count, by: chunk) {
                try await writer.write(.init(part: .bytes(Array(bytes[start..<min(start + chunk, bytes.count)]))))
            }
        }
    }

    /// Opens, starts and runs an import to its end.
    @discardableResult
    func run(_ files: [(GiasFileKind, [UInt8])]) async throws -> GiasImport {
        let id = try await begin(files)
        #expect(try await runner().runNext(takingOver: false))
        return try #require(try await partnership.giasImport(id))
    }

    func importSample() async throws -> GiasImport {
        try await run(try GiasFileKind.allCases.map { ($0, try TestData.sampleFile($0)) })
    }

    func school(_ urn: Int) async throws -> SchoolInFull {
        let key = try #require(URN(number: urn))
        return try #require(try await partnership.school(key))
    }

    func historyChanges(_ entity: String, _ id: Int) async throws -> [String] {
        try await store.read { reader in
            try reader.history(entity: entity, id: String(id), limit: 100).map(\.change)
        }
    }

    func events() async throws -> [FeedRecord] {
        try await store.events(after: nil, limit: 100_000)
    }

    /// Everything that the register holds, for comparing two stores; versions included.
    func register() async throws -> [String] {
        try await store.read { reader in
            var lines: [String] = []
            for table in ["schools", "school_groups", "group_memberships", "school_links"] {
                let rows = try reader.rows("SELECT * FROM \(raw: table) ORDER BY 1, 2")
                lines += rows.map { "\(table) \($0.values)" }
            }
            return lines
        }
    }

    func count(_ table: String) async throws -> Int64 {
        try await store.read { reader in try reader.row("SELECT COUNT(*) FROM \(raw: table)")?.int(0) ?? -1 }
    }
}
