import Foundation
import Testing
@testable import PartnershipService

/// Files of every edition and style, made by the generator as a program of its own.
@Suite("Editions of the register's files", .enabled(if: Generator.isAvailable))
struct EditionTests {
    @Test("are read without an issue, and say the same of each school", arguments: [
        ["--edition", "2021"], ["--edition", "2023"], ["--edition", "2024"], ["--edition", "2026"],
        ["--style", "resaved", "--group-dates", "dash"], ["--group-layout", "contact"],
        ["--encoding", "utf-8"], ["--edition", "2024", "--style", "resaved", "--encoding", "utf-8", "--group-layout", "contact"],
    ])
    func read(options: [String]) throws {
        let folder = try Generator.make(options)
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

    static let isAvailable = ["/usr/bin/env"].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
        && run(["python3", "--version"]) && FileManager.default.fileExists(atPath: program.path)

    static func make(_ options: [String]) throws -> URL {
        let folder = URL.temporaryDirectory.appending(path: "gias-\(UUID().uuidString)")
        let arguments = ["python3", program.path, "--seed", "2017", "--establishments", "1200", "--out", folder.path]
        try #require(run(arguments + options))
        return folder
    }

    private static func run(_ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            return false
        }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
