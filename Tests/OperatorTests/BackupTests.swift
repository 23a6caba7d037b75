import Foundation
import TestSupport
import Testing

@testable import OperatorCommands

@Suite("Backups")
struct BackupTests {
    @Test("followers are copied before those whose feeds they follow")
    func order() throws {
        let order = try FollowOrder.followersFirst(
            SuitePlan.all,
            sources: [
                "partnership": ["enrolment", "training-events"], "training-events": ["enrolment"],
                "diagnostics": ["enrolment"],
            ])
        func place(_ name: String) throws -> Int { try #require(order.firstIndex(of: name)) }
        #expect(Set(order) == Set(SuitePlan.all) && order.count == 5)
        #expect(try place("partnership") < place("training-events"))
        #expect(try place("training-events") < place("enrolment"))
        #expect(try place("diagnostics") < place("enrolment"))
    }

    @Test("services that follow each other in a circle are named")
    func circle() throws {
        let error = #expect(throws: Failure.self) {
            try FollowOrder.followersFirst(["a", "b", "c", "d"], sources: ["a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]])
        }
        #expect(error?.message == "a, b, c follow each other in a circle")
    }

    // MARK: The list

    private static func copy(_ service: String, _ bytes: [UInt8], end: String, follows: [String: String] = [:])
        -> BackupManifest.Copy
    {
        BackupManifest.Copy(
            service: service, file: "\(service).sqlite", bytes: Int64(bytes.count), sha256: digest(of: bytes), feedEnd: end,
            followed: follows.sorted { $0.key < $1.key }.map { .init(source: $0.key, position: $0.value) })
    }

    @Test(
        "copies fit together if no follower is ahead of its source",
        arguments: [
            ("f1-7-aa", "f1-7-aa", nil), ("f1-7-aa", "f1-3-bb", nil), ("", "", nil),
            ("f1-7-aa", "f1-8-bb", "training-events is ahead of enrolment"),
            ("f1-7-aa", "f2-3-bb", "training-events is ahead of enrolment"),
            ("", "f1-1-bb", "training-events is ahead of enrolment"),
        ])
    func fits(end: String, position: String, misfit: String?) {
        let manifest = BackupManifest(
            release: "1", takenAt: Date(timeIntervalSince1970: 0),
            copies: [
                Self.copy("training-events", [1], end: "", follows: ["enrolment": position]),
                Self.copy("enrolment", [1], end: end),
            ])
        #expect(manifest.misfit == misfit)
    }

    // MARK: Restoring

    private static func digest(of bytes: [UInt8]) -> String {
        BackupDigest.text(of: bytes)
    }

    /// A folder with a whole backup of small files, and what is in them.
    private func backup(_ folder: TemporaryDirectory) throws -> String {
        var copies: [BackupManifest.Copy] = []
        for service in SuitePlan.all {
            let bytes = Array("all that \(service) keeps".utf8)
            try folder.write(bytes, to: "backup/\(service).sqlite")
            copies.append(Self.copy(service, bytes, end: ""))
        }
        try BackupManifest(release: "1", takenAt: Date(timeIntervalSince1970: 0), copies: copies)
            .write(to: folder.file("backup"))
        return folder.file("backup")
    }

    private func target(_ folder: TemporaryDirectory) -> SuiteFolder {
        SuiteFolder(
            path: folder.file("data"),
            surroundings: Surroundings(
                environment: [:], workingDirectory: folder.path, userID: 0, userName: "someone", executable: "/olp"))
    }

    @Test("a backup comes into the place of a suite's stores, into a new folder or an empty one", arguments: [false, true])
    func restores(isThere: Bool) async throws {
        try await withTemporaryDirectory { folder in
            let from = try backup(folder)
            let target = target(folder)
            if isThere {
                try FileManager.default.createDirectory(atPath: target.path, withIntermediateDirectories: false)
            }
            _ = try RestoreRun(from: from, to: target).run()
            for service in SuitePlan.all {
                #expect(try folder.read("data/\(service).sqlite") == "all that \(service) keeps")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["backup", "data"])
        }
    }

    @Test("a folder with anything in it is left as it is")
    func notEmpty() async throws {
        try await withTemporaryDirectory { folder in
            let from = try backup(folder)
            try folder.write("mine", to: "data/enrolment.sqlite")
            let error = #expect(throws: Failure.self) { try RestoreRun(from: from, to: target(folder)).run() }
            #expect(error?.message.contains("is not empty") == true)
            #expect(try folder.read("data/enrolment.sqlite") == "mine")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("data")) == ["enrolment.sqlite"])
        }
    }

    @Test("a changed, missing or unlisted file is found before anything is put in place")
    func damaged() async throws {
        func refusal(_ damage: (TemporaryDirectory) throws -> Void) async throws -> String? {
            try await withTemporaryDirectory { folder in
                let from = try backup(folder)
                try damage(folder)
                let error = #expect(throws: Failure.self) { try RestoreRun(from: from, to: target(folder)).run() }
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["backup"])
                return error?.message
            }
        }
        #expect(try await refusal { try $0.write("all that enrolment keepz", to: "backup/enrolment.sqlite") }?
            .contains("its digest differs") == true)
        #expect(try await refusal { try FileManager.default.removeItem(atPath: $0.file("backup/diagnostics.sqlite")) }?
            .contains("missing from the backup") == true)
        #expect(try await refusal { try FileManager.default.removeItem(atPath: $0.file("backup/manifest.json")) }?
            .contains("holds no whole backup") == true)
        #expect(try await refusal { try $0.write("{}", to: "backup/manifest.json") }?.contains("no list of a backup") == true)
    }
}
