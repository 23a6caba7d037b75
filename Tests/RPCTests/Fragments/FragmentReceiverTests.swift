import RPC
import Testing
import Wire

@testable import RPCZeroMQ

@Suite("What a receiver makes of pieces")
struct FragmentReceiverTests {
    private static func header(_ call: UInt64, total: Int = 0, more: Bool) -> FrameHeader {
        var flags: FrameHeader.Flags = [.hasMessage, .fragment]
        if more { flags.insert(.more) }
        return FrameHeader(.message, flags: flags, callID: call, totalLength: UInt32(total))
    }

    private static func piece(_ byte: UInt8, _ count: Int) -> Payload {
        Payload(copying: [UInt8](repeating: byte, count: count))
    }

    private static func problem(_ body: () throws(RPCError) -> Payload?) -> StatusCode? {
        do throws(RPCError) { _ = try body() } catch { return error.code }
        return nil
    }

    @Test("messages of two calls are put together beside each other")
    func together() throws {
        var receiver = FragmentReceiver(ConnectionLimits())
        var whole: [[UInt8]] = []
        for (call, byte, count, total, more) in [
            (1, 1, 3, 5, true), (2, 2, 2, 4, true), (2, 3, 2, 0, false), (1, 4, 2, 0, false),
        ] as [(UInt64, UInt8, Int, Int, Bool)] {
            let message = try receiver.add(Self.piece(byte, count), Self.header(call, total: total, more: more))
            whole += message.map { [$0.copied()] } ?? []
        }
        #expect(whole == [[2, 2, 3, 3], [1, 1, 1, 4, 4]])
        #expect(!receiver.isReceiving(1) && !receiver.isReceiving(2))
    }

    @Test("too many bytes, too few, a message without a beginning and one above the limit end the call")
    func wrong() {
        var receiver = FragmentReceiver(ConnectionLimits())
        #expect(Self.problem { () throws(RPCError) in
            _ = try receiver.add(Self.piece(1, 3), Self.header(1, total: 5, more: true))
            return try receiver.add(Self.piece(1, 3), Self.header(1, more: false))
        } == .internal)
        #expect(Self.problem { () throws(RPCError) in
            try receiver.add(Self.piece(1, 3), Self.header(2, total: 5, more: false))
        } == .internal)
        #expect(Self.problem { () throws(RPCError) in
            try receiver.add(Self.piece(1, 3), Self.header(3, more: true))
        } == .internal)
        #expect(Self.problem { () throws(RPCError) in
            try receiver.add(Self.piece(1, 3), Self.header(4, total: (4 << 20) + 1, more: true))
        } == .resourceExhausted)
        #expect((1...4).allSatisfy { !receiver.isReceiving($0) })
    }

    @Test("unfinished messages of one connection are bounded together, and what is dropped counts no more")
    func bounded() throws {
        var receiver = FragmentReceiver(ConnectionLimits())
        let piece = Self.piece(0, 4 << 20)
        let most = ConnectionLimits.maximumUnfinishedBytes / piece.count
        var ended: [UInt64] = []
        for call in 1...UInt64(most + 2) {
            if Self.problem({ () throws(RPCError) in
                _ = try receiver.add(Self.piece(0, piece.count - 1), Self.header(call, total: piece.count, more: true))
                return nil
            }) == .resourceExhausted { ended.append(call) }
        }
        #expect(ended.allSatisfy { $0 > UInt64(most) } && !ended.isEmpty)
        for call in 1...UInt64(most) { receiver.drop(call) }
        let next = try receiver.add(Self.piece(0, 10), Self.header(99, total: 11, more: true))
        #expect(next == nil && receiver.isReceiving(99))
    }

    @Test("what has come is granted again at half the window, whatever became of it")
    func credit() {
        var limits = ConnectionLimits()
        limits.initialConnectionCredit = 100
        var receiver = FragmentReceiver(limits)
        #expect(receiver.count(Self.piece(0, 49)) == nil)
        #expect(receiver.count(Self.piece(0, 10)) == 59)
        #expect(receiver.count(Self.piece(0, 20)) == nil)
    }
}
