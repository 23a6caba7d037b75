import Foundation
import ServiceKit
import TestSupport
import Testing

@testable import GatewayService

@Suite("The API token")
struct IdentityTests {
    private func failure(_ path: String, owner: UInt32 = SystemFile.ownUserID) -> ExitCode? {
        do throws(StartFailure) {
            _ = try TokenFile.openOrCreate(path, ownerID: owner)
            return nil
        } catch {
            return error.exitCode
        }
    }

    @Test("the first start makes a token that only its owner can read, later ones find it")
    func created() async throws {
        try await withTemporaryDirectory { folder in
            let path = folder.file("token")
            let first = try TokenFile.openOrCreate(path, ownerID: SystemFile.ownUserID)
            #expect(first.isNew && first.token.utf8.count >= 40)
            #expect(try SystemFile.ownerAndMode(path).mode == 0o600)
            let second = try TokenFile.openOrCreate(path, ownerID: SystemFile.ownUserID)
            #expect(second == (first.token, false))
            let other = try TokenFile.openOrCreate(folder.file("other"), ownerID: SystemFile.ownUserID)
            #expect(other.token != first.token)
        }
    }

    @Test("of gateways that start at the same moment one makes the token, and all have it")
    func atOnce() async throws {
        try await withTemporaryDirectory { folder in
            for round in 0..<50 {
                let path = folder.file("token-\(round)")
                let found = try await withThrowingTaskGroup { group in
                    for _ in 0..<8 {
                        group.addTask { try TokenFile.openOrCreate(path, ownerID: SystemFile.ownUserID) }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(Set(found.map(\.token)).count == 1 && found.count(where: \.isNew) == 1, "round \(round)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file(".")).count == 50)
        }
    }

    @Test("a file that others can read is refused", arguments: [0o640, 0o604, 0o620, 0o601, 0o666])
    func unsafe(mode: Int) async throws {
        try await withTemporaryDirectory { folder in
            let path = try folder.write(Harness.token, to: "token")
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            #expect(failure(path) == .permission)
        }
    }

    @Test("a file of somebody else, without a token, or in no folder is refused")
    func unusable() async throws {
        try await withTemporaryDirectory { folder in
            let path = try folder.write(Harness.token, to: "token")
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            #expect(failure(path, owner: SystemFile.ownUserID + 1) == .permission)
            #expect(failure(path) == nil)
            for text in ["", "short", String(repeating: "é", count: 40)] {
                try Data(text.utf8).write(to: URL(fileURLWithPath: path))
                #expect(failure(path) == .configuration, "\(text)")
            }
            #expect(failure(folder.file("no/token")) == .cannotCreate)
        }
    }

    @Test(
        "only the token itself is let in",
        arguments: [
            ([], "missing"), (["Bearer \(Harness.token)"], "caller"), (["bearer   \(Harness.token)"], "caller"),
            (["Bearer \(Harness.token)x"], "wrong"), (["Bearer x"], "wrong"), (["Basic abc"], "missing"),
            (["Bearer"], "missing"),
            (["Bearer a b"], "missing"), (["Bearer \(Harness.token)", "Bearer \(Harness.token)"], "wrong"),
            (["Bearer " + String(repeating: "x", count: 5000)], "wrong"),
        ])
    func outcomes(fields: [String], expected: String) async {
        let check = BearerCheck(token: Harness.token)
        switch await check.outcome(authorization: fields) {
        case .unavailable: Issue.record("there is no store to be away")
        case .missing: #expect(expected == "missing")
        case .wrong: #expect(expected == "wrong")
        case .caller(let caller):
            #expect(expected == "caller")
            #expect(caller.kind == "token" && caller.id.hasPrefix("token-") && !Harness.token.contains(caller.id))
        }
    }
}
