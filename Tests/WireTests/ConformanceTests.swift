import Contracts
import Testing
import TestSupport
import Wire

private typealias Everything = TestingV1.Everything

/// Where protobuf's rules say what must happen with unusual bytes.
@Suite("Decoding and encoding by protobuf's rules")
struct ConformanceTests {
    @Test("no bytes are a message without fields")
    func empty() throws {
        #expect(try Everything(decoding: []) == Everything())
        #expect(Everything().encoded().isEmpty)
        #expect(try GoogleProtobuf.Empty(decoding: [0x08, 0x01]) == GoogleProtobuf.Empty())
    }

    @Test("a zero in an optional field is sent and comes back as a zero, absence as nil")
    func presence() throws {
        var message = Everything()
        message.oInt32 = 0
        message.oString = ""
        message.oBytes = []
        message.oBool = false
        message.oDouble = 0
        message.oEnum = .unspecified
        message.fMessage = .init()
        let bytes = message.encoded()
        #expect(bytes == WireBytes.build { wire in
            wire.field(17, [])
            wire.tag(21, 1)
            wire.raw([0, 0, 0, 0, 0, 0, 0, 0])
            wire.number(23, 0)
            wire.number(27, 0)
            wire.field(28, [])
            wire.field(29, [])
            wire.number(30, 0)
        })
        #expect(try Everything(decoding: bytes) == message)
        #expect(try Everything(decoding: bytes).oInt64 == nil)
    }

    @Test("an empty member of a oneof is still a choice")
    func emptyChoice() throws {
        for choice in [.cString(""), .cInt64(0), .cMessage(.init()), .cBool(false), .cEnum(.unspecified), .cBytes([])]
            as [Everything.Choice] {
            let message = Everything(choice: choice)
            #expect(try Everything(decoding: message.encoded()) == message)
        }
    }

    @Test("of several members of a oneof the last one stands")
    func lastChoice() throws {
        let bytes = WireBytes.build { wire in
            wire.field(71, [0x61])
            wire.field(73, WireBytes.build { $0.number(1, 7) })
            wire.field(76, [1, 2])
            wire.number(72, 5)
        }
        #expect(try Everything(decoding: bytes).choice == .cInt64(5))
    }

    @Test("of a singular field that comes again the last one stands")
    func lastValue() throws {
        let bytes = WireBytes.build { wire in
            wire.number(3, 1)
            wire.field(14, [0x61])
            wire.number(3, 2)
            wire.field(14, [0x62])
        }
        let message = try Everything(decoding: bytes)
        #expect(message.fInt32 == 2)
        #expect(message.fString == "b")
    }

    @Test("lists of numbers are taken packed, unpacked and mixed, and sent as declared")
    func packing() throws {
        let bytes = WireBytes.build { wire in
            wire.number(43, 1)
            wire.field(43, [2, 3])
            wire.number(43, 4)
            wire.field(49, [2, 1])
            wire.field(41, [])
        }
        let message = try Everything(decoding: bytes)
        #expect(message.rInt64 == [1, 2, 3, 4])
        #expect(message.rUnpacked == [1, -1])
        #expect(message.encoded() == WireBytes.build { wire in
            wire.field(43, [1, 2, 3, 4])
            wire.number(49, 2)
            wire.number(49, 1)
        })
    }

    @Test("unknown fields of every wire type are dropped, at the top and inside")
    func unknownFields() throws {
        let unknown = WireBytes.build { wire in
            wire.number(500, 1)
            wire.tag(501, 1)
            wire.raw([1, 2, 3, 4, 5, 6, 7, 8])
            wire.field(502, [0xff, 0x00])
            wire.tag(503, 5)
            wire.raw([1, 2, 3, 4])
        }
        let bytes = WireBytes.build { wire in
            wire.raw(unknown)
            wire.number(3, 9)
            wire.field(17, unknown + [0x08, 0x05])
        }
        let message = try Everything(decoding: bytes)
        #expect(message == Everything(fInt32: 9, fMessage: .init(number: 5)))
    }

    @Test("a number that an enum has no name for is kept")
    func openEnums() throws {
        let message = try Everything(decoding: WireBytes.build { $0.number(16, 77) })
        #expect(message.fEnum == .unrecognized(77))
        #expect(message.fEnum.isUnrecognized)
        #expect(message.fEnum.name == "77")
        #expect(try Everything(decoding: message.encoded()) == message)
        #expect(TestingV1.Colour(rawValue: 1) == .red)
        #expect(TestingV1.Colour(name: "COLOUR_GREEN") == .green)
        #expect(TestingV1.Colour(name: "green") == nil)
    }

    @Test("minus zero is sent, plus zero is not")
    func minusZero() throws {
        let message = Everything(fDouble: -0.0, fFloat: -0.0, rDouble: [-0.0, 0])
        let decoded = try Everything(decoding: message.encoded())
        #expect(decoded.fDouble.sign == .minus)
        #expect(decoded.fFloat.sign == .minus)
        #expect(decoded.rDouble.map(\.sign) == [.minus, .plus])
        #expect(Everything(fDouble: 0, fFloat: 0).encoded().isEmpty)
    }

    @Test("an int32 takes the low bits of a longer number, as protobuf has it")
    func narrowing() throws {
        #expect(try Everything(decoding: WireBytes.build { $0.number(3, UInt64(bitPattern: -5)) }).fInt32 == -5)
        #expect(try Everything(decoding: WireBytes.build { $0.number(5, 1 << 32 | 7) }).fUint32 == 7)
        #expect(Everything(fInt32: -1).encoded().count == 11)
    }

    @Test("a map entry may lack its key or its value")
    func bareEntries() throws {
        let bytes = WireBytes.build { wire in
            wire.field(64, [0x10, 0x05])
            wire.field(64, [0x0a, 0x01, 0x61])
            wire.field(62, [])
        }
        let message = try Everything(decoding: bytes)
        #expect(message.mStringInt64 == ["": 5, "a": 0])
        #expect(message.mInt32Message == [0: .init()])
    }

    @Test("equal messages have equal bytes, whatever order their maps were filled in")
    func deterministic() {
        let keys = (0..<100).map { "key \($0)" }
        var forward = Everything()
        var backward = Everything()
        for key in keys { forward.mStringString[key] = key }
        for key in keys.reversed() { backward.mStringString[key] = key }
        backward.mStringString.reserveCapacity(10_000)
        #expect(forward.encoded() == backward.encoded())
    }

    @Test("every beginning of a message is a message or an error, and never more than that")
    func prefixes() throws {
        var random = Seed.generator(for: "prefixes")
        let bytes = RandomMessages.everything(using: &random).encoded()
        for count in 0...min(bytes.count, 4_000) {
            _ = try? Everything(decoding: Array(bytes[..<count]))
        }
    }

    @Test("bytes that were changed at random are a message or an error, and what is a message can be sent again")
    func mutations() throws {
        var random = Seed.generator(for: "mutations")
        for _ in 0..<300 {
            let bytes = RandomMessages.everything(using: &random).encoded()
            for _ in 0..<20 {
                var changed = bytes
                for _ in 0..<Int.random(in: 1...4, using: &random) where !changed.isEmpty {
                    let place = Int.random(in: 0..<changed.count, using: &random)
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0: changed[place] = UInt8.random(in: 0...255, using: &random)
                    case 1: changed.remove(at: place)
                    default: changed.insert(UInt8.random(in: 0...255, using: &random), at: place)
                    }
                }
                guard let message = try? Everything(decoding: changed) else { continue }
                let again = try Everything(decoding: message.encoded())
                #expect(again.encoded() == message.encoded())
            }
        }
    }
}
