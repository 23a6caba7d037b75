import ChildProcess
import Contracts
import Foundation
import Testing
import TestSupport
import Wire

private typealias Everything = TestingV1.Everything

/// Google's protobuf (for Python) as the other side, in both directions, binary and JSON.
@Suite("Messages exchanged with Google's protobuf", .enabled(if: Python.path != nil, "\(Python.missing)"))
struct InteropTests {
    private static let count = 150

    @Test("what one side writes the other reads as the same message")
    func exchange() async throws {
        var random = Seed.generator(for: "interop")
        let ours = (0..<Self.count).map { _ in RandomMessages.everything(using: &random) }
        let script = try Project.read("Tests/ContractsTests/Resources/interop.py")
        try await withTemporaryDirectory { folder in
            let set = try folder.write(descriptorSet, to: "descriptors")
            for (index, message) in ours.enumerated() {
                try folder.write(message.encoded(), to: "swift-\(index).bin")
                try folder.write(message.jsonBytes(includeDefaults: index % 2 == 0), to: "swift-\(index).json")
            }
            try writeOddMessages(to: folder, &random)
            let outcome = try await Python.run(script, [set, folder.path, "\(Seed.current)", "\(Self.count)"])
            #expect(outcome.status.isSuccess, "\(outcome)")
            for (index, message) in ours.enumerated() {
                #expect(try Everything(decoding: bytes(folder, "echo-\(index).bin")) == message)
                #expect(try Everything(jsonBytes: bytes(folder, "echo-\(index).json")) == message)
            }
            for index in 0..<Self.count {
                let theirs = try bytes(folder, "python-\(index).bin")
                let message = try Everything(decoding: theirs)
                #expect(message.encoded().count == theirs.count, "python-\(index)")
                #expect(try Everything(jsonBytes: bytes(folder, "python-\(index).json")) == message)
            }
        }
    }

    /// Bytes that were changed at random and still are a message: the other side must see the same one in them.
    private func writeOddMessages(to folder: TemporaryDirectory, _ random: inout SeededGenerator) throws {
        var index = 0
        while index < 400 {
            var bytes = RandomMessages.everything(using: &random).encoded()
            for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] = UInt8.random(in: 0...255, using: &random)
            }
            guard let message = try? Everything(decoding: bytes) else { continue }
            try folder.write(bytes, to: "odd-\(index).bin")
            try folder.write(message.encoded(), to: "plain-\(index).bin")
            index += 1
        }
    }

    private func bytes(_ folder: TemporaryDirectory, _ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: folder.file(name))))
    }

    /// A FileDescriptorSet of the test messages and the files that they import.
    private var descriptorSet: [UInt8] {
        let names = ["google/protobuf/duration.proto", "google/protobuf/timestamp.proto"]
        let files = names.compactMap(DescriptorFiles.file) + [TestingV1.fileDescriptor]
        // A repeated bytes field 1 has the same bytes as the set's repeated message.
        return ReflectionV1.FileDescriptorResponse(fileDescriptorProto: files).encoded()
    }
}
