import Foundation
import TestSupport
import Testing
@testable import PartnershipService

/// Files of every edition and style, made by the generator as a program of its own.
@Suite("Editions of the register's files", .enabled("python3 is needed", Generator.isAvailable))
struct EditionTests {
    @Test("are read without an issue, and say the same of each school", arguments: [
        ["--edition", "2021"], ["--edition", "2023"], ["--edition", "2024"], ["--edition", "2026"],
        ["--style", "resaved", "--group-dates", "dash"], ["--group-layout", "contact"],
        ["--encoding", "utf-8"], ["--edition", "2024", "--style", "resaved", "--encoding", "utf-8", "--group-layout", "contact"],
    ])
    func read(options: [String]) async throws {
        let folder = try await Generator.make(options)
        defer { try? FileManager.default.removeItem(at: folder) }
        func bytes(_ kind: GiasFileKind) throws -> [UInt8] {
            try TestData.bytes(folder.appending(path: TestData.fileName(kind)))
        }
        let schools = try WholeFile<EstablishmentRow>(bytes(.establishments))
        #expect(schools.issues.map(\.issue) == [])
        #expect(schools.values == RegisterReadingTests.sample.values)
        let groups = try WholeFile<GroupRow>(bytes(.groups))
        #expect(groups.issues.map(\.issue) == [])
        #expect(groups.values == (try WholeFile<GroupRow>(TestData.sampleFile(.groups))).values)
        let memberships = try WholeFile<MembershipRow>(bytes(.memberships))
        #expect(memberships.issues.map(\.issue) == [])
        #expect(memberships.values == (try WholeFile<MembershipRow>(TestData.sampleFile(.memberships))).values)
        let links = try WholeFile<LinkRow>(bytes(.links))
        #expect(links.values == (try WholeFile<LinkRow>(TestData.sampleFile(.links))).values)
    }
}

/// The program that made the sample.
enum Generator {
    static let program = TestData.folder.appending(path: "../../Benchmarks/gias/make_gias.py").standardized

    static func isAvailable() async -> Bool {
        let version = try? await Program.run("/usr/bin/env", ["python3", "--version"])
        return version?.isSuccess == true && FileManager.default.fileExists(atPath: program.path)
    }

    static func make(_ options: [String]) async throws -> URL {
        let folder = URL.temporaryDirectory.appending(path: "gias-\(UUID().uuidString)")
        let arguments = ["python3", program.path, "--seed", "2017", "--establishments", "1200", "--out", folder.path]
        let made = try await Program.run("/usr/bin/env", arguments + options, timeout: .seconds(120))
        try #require(made.isSuccess, "\(made)")
        return folder
    }
}
