import ArgumentParser
import Foundation
import OperatorCommands
import ServiceKit
import TestSupport
import Testing
import Values
import ZeroMQ

@Suite("olp keys")
struct KeysTests {
    private let folder: TemporaryDirectory
    private let keys: KeyFolder

    init() throws {
        folder = try TemporaryDirectory()
        keys = KeyFolder(path: folder.file("keys"), ownerID: SystemFile.ownUserID, today: try #require(CalendarDate(iso: "2026-11-29")))
    }

    private func list() throws -> KeyList { try KeyList(text: folder.read("keys/known.keys")) }

    private func mode(_ name: String) throws -> UInt32 { try SystemFile.ownerAndMode(folder.file(name)).mode }

    @Test("makes a secret key for its owner alone, and a public one for everybody")
    func make() throws {
        let key = try keys.make("gateway", .transport)
        #expect(try mode("keys") == 0o700)
        #expect(try mode("keys/gateway.key") == 0o600)
        #expect(try mode("keys/known.keys") == 0o644)
        #expect(try SecretKeyFile.keyPair(folder.file("keys/gateway.key")).publicKey.text == key)
        #expect(try folder.read("keys/known.keys") == "gateway \(key) # 2026-11-29\n")
        #expect(try list().keys(of: "gateway").map(\.text) == [key])
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("keys")).sorted()
        #expect(names == [".lock", "gateway.key", "known.keys"])
    }

    @Test("makes signing keys that processes take")
    func signing() throws {
        let key = try keys.make("gateway", .signing)
        #expect(try SecretKeyFile.signingKeys(folder.file("keys/gateway.signing-key")).publicKey.text == key)
        #expect(try SigningKeyList(text: folder.read("keys/signers.keys")).keys.map(\.text) == [key])
        #expect(throws: StartFailure.self) { try SecretKeyFile.keyPair(folder.file("keys/gateway.signing-key")) }
    }

    @Test("keeps the old public key from rotation to retirement, and every line that people wrote")
    func rotation() throws {
        let old = try keys.make("gateway", .transport)
        let other = try keys.make("partnership", .transport)
        let lines = try folder.read("keys/known.keys")
        try folder.write("# for host A\n" + lines + "\n", to: "keys/known.keys")
        let new = try keys.rotate("gateway", .transport)
        #expect(try list().keys(of: "gateway").map(\.text) == [old, new])
        #expect(try SecretKeyFile.keyPair(folder.file("keys/gateway.key")).publicKey.text == new)
        #expect(try mode("keys/gateway.key") == 0o600)
        #expect(try keys.entries().map(\.state) == [.old, .inUse, .inUse])
        #expect(try keys.retire("gateway", .transport) == 1)
        #expect(try keys.retire("gateway", .transport) == 0)
        #expect(
            try folder.read("keys/known.keys")
                == "# for host A\npartnership \(other) # 2026-11-29\n\ngateway \(new) # 2026-11-29\n")
    }

    @Test("makes no key where there is one, and rotates or retires none that there is not")
    func refused() throws {
        _ = try keys.make("gateway", .transport)
        let twice = #expect(throws: Failure.self) { try keys.make("gateway", .transport) }
        #expect(twice?.message == "\(folder.file("keys/gateway.key")) is there already")
        #expect(twice?.advice == "For a new key in its place: olp keys rotate gateway")
        let unknown = #expect(throws: Failure.self) { try keys.rotate("gateway", .signing) }
        #expect(unknown?.advice == "Make one: olp keys make gateway --signing")
        #expect(throws: Failure.self) { try keys.retire("partnership", .transport) }
        for name in ["", "../x", "a b", ".lock", "-x"] {
            let failure = #expect(throws: Failure.self) { try keys.make(name, .transport) }
            #expect(failure?.exit == .usage)
        }
    }

    @Test("goes on where a command was killed between the list and the secret file, and where a secret is lost")
    func halfDone() throws {
        let lost = try keys.make("gateway", .transport)
        try FileManager.default.removeItem(atPath: folder.file("keys/gateway.key"))
        try folder.write("half", to: "keys/gateway.key.new")
        let failure = #expect(throws: Failure.self) { try keys.make("gateway", .transport) }
        #expect(failure?.advice == "If it is lost: olp keys rotate gateway")
        #expect(try keys.entries().map(\.state) == [.publicOnly])
        let new = try keys.rotate("gateway", .transport)
        #expect(try list().keys(of: "gateway").map(\.text) == [lost, new])
        #expect(try keys.retire("gateway", .transport) == 1)
    }

    @Test("leaves a list that cannot be used as it is, and says the line")
    func brokenList() throws {
        try folder.write("gateway nonsense\n", to: "keys/known.keys")
        let failure = #expect(throws: Failure.self) { try keys.make("partnership", .transport) }
        #expect(failure?.message == "known.keys, line 1: a key has 40 characters, and this is 8")
        #expect(try folder.read("keys/known.keys") == "gateway nonsense\n")
        #expect(!FileManager.default.fileExists(atPath: folder.file("keys/partnership.key")))
    }

    @Test("refuses a secret file that others may read")
    func openSecret() throws {
        _ = try keys.make("gateway", .transport)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder.file("keys/gateway.key"))
        let failure = #expect(throws: Failure.self) { try keys.rotate("gateway", .transport) }
        #expect(failure?.message.contains("others than its owner may read") == true)
    }

    @Test("never prints a secret key")
    func output() async throws {
        let surroundings = OperatorCommands.Surroundings(
            environment: [:], workingDirectory: folder.path, userID: SystemFile.ownUserID, userName: "pat",
            executable: "/usr/bin/olp")
        let heard = Heard()
        try await KeysMakeCommand.parse(["gateway"]).perform(heard.console, surroundings)
        try await KeysMakeCommand.parse(["gateway", "--signing", "--json"]).perform(heard.console, surroundings)
        try await KeysRotateCommand.parse(["gateway"]).perform(heard.console, surroundings)
        try await KeysListCommand.parse([]).perform(heard.console, surroundings)
        try await KeysRetireCommand.parse(["gateway"]).perform(heard.console, surroundings)
        try await KeysListCommand.parse(["--json"]).perform(heard.console, surroundings)
        let secrets = [
            try SecretKeyFile.keyPair(folder.file("data/keys/gateway.key")).secretText,
            try SecretKeyFile.signingKeys(folder.file("data/keys/gateway.signing-key")).secretText,
        ]
        for secret in secrets { #expect(!(heard.output + heard.errors).contains(secret)) }
        let key = try SecretKeyFile.keyPair(folder.file("data/keys/gateway.key")).publicKey.text
        #expect(heard.output.contains("gateway  transport  \(key)  in use\n"))
        #expect(heard.errors.contains("The secret key is in data/keys/gateway.key, this public one in data/keys/known.keys."))
        #expect(heard.errors.contains("1 old key of gateway taken off."))
    }
}
