import RPC
import TestSupport
import Testing
import Wire

@Suite("Byte credit")
struct FlowTests {
    @Test("a reader grants half its window at a time, as the messages are taken")
    func window() {
        var window = ReceiveWindow(window: 1_000)
        #expect(window.received(468) == true)
        #expect(window.received(468) == true)
        // Used up: 2 × (468 + 32).
        #expect(window.received(1) == false)
        #expect(window.took(468) == 500)
        #expect(window.received(1) == true)
        #expect(window.took(400) == nil)
    }

    @Test("a message may take the credit below zero, the next one has to wait")
    func overdraft() {
        let gate = CreditGate(window: 100)
        gate.spend(10_000)
        var open = [gate.isOpen]
        gate.grant(9_931)
        open.append(gate.isOpen)
        gate.grant(2)
        open.append(gate.isOpen)
        #expect(open == [false, false, true])
    }

    @Test("a writer that waits is woken by a grant")
    func wakes() async throws {
        let shared = Shared()
        shared.gate.spend(0)
        async let ready: Void = shared.gate.acquire()
        shared.gate.grant(1_000)
        try await ready
    }

    @Test("a writer that waits fails with the error that the gate is closed with")
    func closes() async throws {
        let shared = Shared()
        shared.gate.spend(0)
        let writer = Task { try await status { try await shared.gate.acquire() } }
        shared.gate.close(RPCError(.unavailable, "gone"))
        #expect(try await writer.value.code == .unavailable)
    }

    @Test("a reader that waits is woken by cancellation")
    func readerCancelled() async throws {
        let shared = Shared()
        let reader = Task { try await status { _ = try await shared.inbox.next() } }
        reader.cancel()
        #expect(try await reader.value.code == .cancelled)
    }

    /// What tasks share, as a call has it.
    private final class Shared: Sendable {
        let gate = CreditGate(window: 1)
        let inbox = Inbox()
    }

    @Test("messages that came before the end are read before the end")
    func order() async throws {
        let shared = Shared()
        for byte in 0..<200 { shared.inbox.push(Payload(copying: [UInt8(byte)])) }
        shared.inbox.fail(RPCError(.aborted, "later"), keepingMessages: true)
        for byte in 0..<200 { #expect(try await shared.inbox.next()?.copied() == [UInt8(byte)]) }
        #expect(try await status { _ = try await shared.inbox.next() }.code == .aborted)
    }
}

@Suite("Metadata")
struct MetadataTests {
    @Test("takes lower-case keys and printable values, and any bytes behind -bin", arguments: [
        ("x-ok", "value", true), ("a.b_c-9", "~ !", true), ("X-Upper", "v", false), ("", "v", false),
        ("x space", "v", false), ("x-text", "caf\u{e9}", false), ("x-text", "a\nb", false), ("x-bin", "a\nb\u{e9}", true),
    ])
    func rules(key: String, value: String, isAccepted: Bool) {
        var metadata = Metadata()
        let wasAccepted = (try? metadata.append(key, Array(value.utf8))) != nil
        #expect(wasAccepted == isAccepted, "\(key): \(value)")
    }
}

@Suite("The frame header")
struct FrameHeaderTests {
    @Test("reads what it wrote, for every kind", arguments: 1...12)
    func roundTrip(kind: Int) throws {
        let kind = try #require(FrameHeader.Kind(rawValue: UInt8(kind)))
        let header = FrameHeader(
            kind, flags: [.endOfStream, .hasMessage], status: 14, headerLength: 3, callID: .max - 1, credit: 7,
            sequence: 9, payloadLength: 11)
        var bytes = [UInt8](repeating: 0xFF, count: FrameHeader.byteCount + 3)
        unsafe bytes.withUnsafeMutableBytes { unsafe header.write(into: $0) }
        #expect(try unsafe bytes.withUnsafeBytes { bytes throws(FrameHeader.Problem) in
            unsafe try FrameHeader(reading: bytes)
        } == header)
    }

    @Test("is refused if it is short, foreign, of another version or longer than its frame")
    func refusals() {
        var good = [UInt8](repeating: 0, count: 32)
        unsafe good.withUnsafeMutableBytes { unsafe FrameHeader(.ping).write(into: $0) }
        let cases: [(FrameHeader.Problem, [UInt8])] = [
            (.tooShort, Array(good.dropLast())), (.wrongMagic, good.replacing(0, 0x47)),
            (.unsupportedVersion(9), good.replacing(1, 9)), (.unknownKind(77, optional: false), good.replacing(2, 77)),
            (.unknownKind(77, optional: true), good.replacing(2, 77).replacing(3, 8)),
            (.lengthBeyondFrame, good.replacing(6, 1)),
        ]
        for (problem, bytes) in cases {
            #expect(throws: problem) {
                unsafe try bytes.withUnsafeBytes { unsafe _ = try FrameHeader(reading: $0) }
            }
        }
    }

    @Test("any 40 bytes are read or refused, never worse")
    func noise() {
        var random = Seed.generator(for: "frame header noise")
        for _ in 0..<20_000 {
            var bytes = (0..<40).map { _ in UInt8.random(in: 0...255, using: &random) }
            bytes[0] = FrameHeader.magic
            bytes[1] = FrameHeader.version
            let header = unsafe try? bytes.withUnsafeBytes { unsafe try FrameHeader(reading: $0) }
            if let header { #expect(header.headerLength <= 8, "\(bytes)") }
        }
    }
}

extension [UInt8] {
    fileprivate func replacing(_ index: Int, _ byte: UInt8) -> [UInt8] {
        var copy = self
        copy[index] = byte
        return copy
    }
}
