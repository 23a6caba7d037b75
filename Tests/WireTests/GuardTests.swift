import Contracts
import Glibc
import Testing
import TestSupport
import Wire

private typealias Everything = TestingV1.Everything

/// What protobuf-c 1.4.1 lets through or does wrongly, each refused or put right before it can do harm.
@Suite("The guard before protobuf-c")
struct GuardTests {
    /// Far above what any of these needs, far below what the attacks would take.
    private static let patience = Duration.seconds(1)

    /// Processor time of this thread: of a clock's time a busy machine takes what it likes.
    private func cost(of work: () -> Void) -> Duration {
        func soFar() -> Duration {
            var time = timespec()
            unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
        }
        let begin = soFar()
        work()
        return soFar() - begin
    }

    private func refusal(of bytes: [UInt8], limits: DecodeLimits = .default) -> WireError.Code? {
        do throws(WireError) {
            _ = try Everything(decoding: bytes, limits: limits)
            return nil
        } catch {
            return error.code
        }
    }

    @Test("messages nested 100 deep are taken, 101 deep refused")
    func depth() throws {
        // `f_message` (17) is the second level; each `child` (2) is one more.
        func message(levels: Int) -> [UInt8] {
            WireBytes.build { $0.field(17, WireBytes.nested(2, depth: levels - 2)) }
        }
        #expect(refusal(of: message(levels: 100)) == nil)
        #expect(refusal(of: message(levels: 101)) == .depth)
        var limits = DecodeLimits()
        limits.maxDepth = 3
        #expect(refusal(of: message(levels: 3), limits: limits) == nil)
        #expect(refusal(of: message(levels: 4), limits: limits) == .depth)
    }

    @Test("a million nested messages are refused at once and need no stack")
    func depthBomb() {
        let bomb = WireBytes.build { $0.field(17, WireBytes.nested(2, depth: 900_000)) }
        let time = cost { #expect(refusal(of: bomb) == .depth) }
        #expect(time < Self.patience)
    }

    @Test("a singular message that comes again is refused instead of merged in quadratic time")
    func repeatedSingular() {
        let one = WireBytes.build { $0.field(17, WireBytes.build { $0.number(1, 1) }) }
        #expect(refusal(of: one) == nil)
        #expect(refusal(of: one + one) == .repeatedSingular)
        let inList = WireBytes.build { $0.field(48, WireBytes.build { $0.field(2, []); $0.field(2, []) }) }
        #expect(refusal(of: inList) == .repeatedSingular)
        let inChoice = WireBytes.build { $0.field(73, []); $0.number(72, 1); $0.field(73, []) }
        #expect(refusal(of: inChoice) == .repeatedSingular)
        let asMapValue = WireBytes.build { $0.field(62, WireBytes.build { $0.field(2, []); $0.field(2, []) }) }
        #expect(refusal(of: asMapValue) == .repeatedSingular)

        let bomb = [[UInt8]](repeating: one, count: 200_000).flatMap { $0 }
        let time = cost { #expect(refusal(of: bomb) == .repeatedSingular) }
        #expect(time < Self.patience)
    }

    @Test("what takes far more memory than its size is refused before memory is taken")
    func amplification() {
        let unknown = [UInt8](repeating: 0, count: 0) + (0..<1_000_000).flatMap { _ in [0xb8, 0x3e, 0x01] as [UInt8] }
        let emptyEntries = (0..<1_000_000).flatMap { _ in [0xea, 0x03, 0x00] as [UInt8] }
        let emptyMessages = (0..<1_000_000).flatMap { _ in [0x82, 0x03, 0x00] as [UInt8] }
        for bomb in [unknown, emptyEntries, emptyMessages] {
            let time = cost { #expect(refusal(of: bomb) == .memory) }
            #expect(time < Self.patience)
        }
    }

    @Test("honest lists of short texts, and maps of short keys, have the memory they need")
    func honestMemory() throws {
        var message = Everything()
        message.rString = (0..<50_000).map { "t\($0 % 10_000)" }
        message.mStringInt64 = .init(uniqueKeysWithValues: (0..<20_000).map { ("k\($0)", Int64($0)) })
        message.rInt64 = (0..<100_000).map { _ in 1 }
        message.rMessage = (0..<5_000).map { .init(number: Int32($0), kind: .one) }
        #expect(try Everything(decoding: message.encoded()) == message)
    }

    @Test("a message may have as many bytes and fields as the limits say")
    func limits() {
        var limits = DecodeLimits()
        limits.maxBytes = 10
        limits.maxFields = 3
        #expect(refusal(of: [0x18, 1, 0x18, 2, 0x18, 3], limits: limits) == nil)
        #expect(refusal(of: [0x18, 1, 0x18, 2, 0x18, 3, 0x18, 4], limits: limits) == .fields)
        #expect(refusal(of: WireBytes.build { $0.field(42, [1, 2, 3, 4]) }, limits: limits) == .fields)
        #expect(refusal(of: [UInt8](repeating: 1, count: 11), limits: limits) == .tooLarge)
    }

    @Test("groups are refused, known and unknown", arguments: [3, 4] as [UInt64])
    func groups(wireType: UInt64) {
        #expect(refusal(of: WireBytes.build { $0.tag(3, wireType) }) == .group)
        #expect(refusal(of: WireBytes.build { $0.tag(999, wireType) }) == .group)
    }

    @Test("a field number is from 1 to 2^29 - 1, and a tag has at most five bytes")
    func tags() {
        #expect(refusal(of: [0x00, 0x00]) == .tag)
        #expect(refusal(of: WireBytes.build { $0.number((1 << 29) - 1, 1) }) == nil)
        #expect(refusal(of: WireBytes.build { $0.tag(1 << 29, 0); $0.varint(1) }) == .tag)
        #expect(refusal(of: [0x98, 0x80, 0x80, 0x80, 0x00, 0x01]) == nil)
        #expect(refusal(of: [0x98, 0x80, 0x80, 0x80, 0x80, 0x00, 0x01]) == .tag)
        #expect(refusal(of: [0x1e, 0x01]) == .wireType)
        #expect(refusal(of: [0x1f, 0x01]) == .wireType)
    }

    @Test("a field of another wire type than its kind is refused, bool too")
    func wireTypes() {
        let fixed64 = [UInt8](repeating: 1, count: 8)
        #expect(refusal(of: WireBytes.build { $0.tag(3, 1); $0.raw(fixed64) }) == .wireType)
        #expect(refusal(of: WireBytes.build { $0.field(3, [1]) }) == .wireType)
        #expect(refusal(of: WireBytes.build { $0.number(14, 1) }) == .wireType)
        #expect(refusal(of: WireBytes.build { $0.number(17, 1) }) == .wireType)
        #expect(refusal(of: WireBytes.build { $0.tag(1, 5); $0.raw([1, 2, 3, 4]) }) == .wireType)
        #expect(refusal(of: WireBytes.build { $0.tag(9, 1); $0.raw(fixed64) }) == .wireType)
        #expect(refusal(of: WireBytes.build { $0.field(13, [1]) }) == .wireType)
        #expect(refusal(of: WireBytes.build { $0.tag(13, 1); $0.raw(fixed64) }) == .wireType)
        #expect(refusal(of: WireBytes.build { $0.tag(13, 5); $0.raw([1, 0, 0, 0]) }) == .wireType)
    }

    @Test("a varint has at most ten bytes and 64 bits")
    func varints() throws {
        let nines = [UInt8](repeating: 0xff, count: 9)
        #expect(try Everything(decoding: [0x30] + nines + [0x01]).fUint64 == .max)
        #expect(refusal(of: [0x30] + nines + [0x02]) == .overlongVarint)
        #expect(refusal(of: [0x30] + nines + [0x7f]) == .overlongVarint)
        #expect(refusal(of: [0x30] + nines + [0x80, 0x01]) == .overlongVarint)
        #expect(refusal(of: WireBytes.build { $0.field(43, nines + [0x7f]) }) == .overlongVarint)
        // Longer than needed, but legal.
        #expect(try Everything(decoding: [0x30, 0x81, 0x80, 0x00]).fUint64 == 1)
    }

    @Test("lengths must fit into their message and into five bytes")
    func lengths() {
        #expect(refusal(of: [0x72, 0x05, 0x61]) == .truncated)
        #expect(refusal(of: [0x72]) == .truncated)
        #expect(refusal(of: [0x72, 0xff, 0xff, 0xff, 0xff, 0x0f]) == .truncated)
        #expect(refusal(of: [0x72, 0xff, 0xff, 0xff, 0xff, 0x1f]) == .overlongVarint)
        #expect(refusal(of: [0x72, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]) == .overlongVarint)
        // The inner message's field reaches beyond the inner message, not beyond the outer one.
        #expect(refusal(of: [0x8a, 0x01, 0x02, 0x12, 0x05, 1, 2, 3, 4, 5, 6]) == .truncated)
        #expect(refusal(of: WireBytes.build { $0.field(41, [1, 2, 3]) }) == .truncated)
        #expect(refusal(of: WireBytes.build { $0.field(43, [0x80]) }) == .truncated)
    }

    @Test("bools in a packed list have one byte each, because protobuf-c counts bytes")
    func packedBools() throws {
        #expect(try Everything(decoding: WireBytes.build { $0.field(44, [1, 0, 2]) }).rBool == [true, false, true])
        #expect(refusal(of: WireBytes.build { $0.field(44, [0x81, 0x00]) }) == .malformed)
    }

    @Test("text must be UTF-8 to the letter and have no NUL in it", arguments: [
        ([0xff, 0xfe, 0xc0], WireError.Code.utf8), ([0xc0, 0x80], .utf8), ([0xc1, 0xbf], .utf8), ([0x80], .utf8),
        ([0xe0, 0x9f, 0xbf], .utf8), ([0xed, 0xa0, 0x80], .utf8), ([0xed, 0xbf, 0xbf], .utf8),
        ([0xf0, 0x8f, 0xbf, 0xbf], .utf8), ([0xf4, 0x90, 0x80, 0x80], .utf8), ([0xf5, 0x80, 0x80, 0x80], .utf8),
        ([0xe2, 0x82], .utf8), ([0xf0, 0x9f, 0x98], .utf8), ([0xe2, 0x82, 0x41], .utf8), ([0xc3], .utf8),
        ([0x61, 0x00, 0x62], .embeddedNUL), ([0x00], .embeddedNUL),
    ] as [([UInt8], WireError.Code)])
    func text(bad: [UInt8], code: WireError.Code) {
        // At each place within and beyond the eight bytes that are looked at together.
        for before in [0, 1, 6, 7, 8, 9, 16] {
            for after in [0, 1, 8] {
                let text = [UInt8](repeating: 0x61, count: before) + bad + [UInt8](repeating: 0x61, count: after)
                #expect(refusal(of: WireBytes.build { $0.field(14, text) }) == code)
                #expect(refusal(of: WireBytes.build { $0.field(45, text) }) == code)
                #expect(refusal(of: WireBytes.build { $0.field(71, text) }) == code)
            }
        }
        #expect(refusal(of: WireBytes.build { $0.field(61, WireBytes.build { $0.field(1, bad) }) }) == code)
        #expect(refusal(of: WireBytes.build { $0.field(15, bad) }) == nil, "bytes may be anything")
    }

    @Test("text of every length of sequence passes unchanged", arguments: [
        "", "a", "12345678", "é", "€", "😀", "\u{7f}\u{80}\u{7ff}\u{800}\u{d7ff}\u{e000}\u{ffff}\u{10000}\u{10ffff}",
        "aaaaaaaé", "aaaaaaaaé😀 and so on",
    ])
    func goodText(text: String) throws {
        let decoded = try TestingV1.Text(decoding: WireBytes.build { $0.field(1, Array(text.utf8)) })
        #expect(Array(decoded.text.utf8) == Array(text.utf8))
    }

    @Test("two entries for one map key are refused instead of both kept")
    func duplicateKeys() {
        let entry = WireBytes.build { $0.field(61, WireBytes.build { $0.field(1, [0x61]); $0.field(2, [0x62]) }) }
        #expect(refusal(of: entry) == nil)
        #expect(refusal(of: entry + entry) == .duplicateMapKey)
        #expect(refusal(of: WireBytes.build { $0.field(63, []); $0.field(63, [0x08, 0x00]) }) == .duplicateMapKey)
    }

    @Test("an error says which message, field and byte, and no value")
    func errors() throws {
        let bytes = WireBytes.build { $0.number(3, 1); $0.field(17, [0x12, 0x01, 0xff]) }
        let error = #expect(throws: WireError.self) { try Everything(decoding: bytes) }
        #expect(error?.messageName == "olp.testing.v1.Everything.Nested")
        #expect(error?.offset == 7)
        #expect(error?.description == "olp.testing.v1.Everything.Nested, byte 7: the message ends inside a field")
        let named = #expect(throws: WireError.self) {
            try Everything(decoding: WireBytes.build { $0.field(14, [0x61, 0xff]) })
        }
        #expect(named?.fieldName == "f_string")
    }
}
