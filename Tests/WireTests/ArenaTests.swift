import Contracts
import Testing
import TestSupport

@testable import Wire

@Suite("Packing in the thread's arena")
struct ArenaTests {
    private func bytes(of packing: borrowing Packing) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: packing.byteCount) { buffer, count in
            unsafe packing.pack(into: UnsafeMutableRawBufferPointer(buffer))
            count = packing.byteCount
        }
    }

    @Test("packings nest: the outer one is intact after inner ones came and went, decoding among them")
    func nesting() throws {
        let outer = TestingV1.Everything(fString: "outer", rString: ["a", "b"], choice: .cMessage(.init(number: 1)))
        let inner = TestingV1.Text(text: String(repeating: "inner", count: 20_000))
        let expected = outer.encoded()
        outer.withPacking { packing in
            #expect(bytes(of: packing) == expected)
            inner.withPacking { innerPacking in
                #expect(innerPacking.byteCount > 100_000)
                outer.withPacking { #expect(bytes(of: $0) == expected) }
            }
            #expect((try? TestingV1.Text(decoding: inner.encoded())) == inner)
            #expect(bytes(of: packing) == expected)
        }
        #expect(outer.encoded() == expected)
    }

    @Test("a body's error leaves the arena as it was")
    func errors() throws {
        struct Stop: Error {}
        let message = TestingV1.Text(text: String(repeating: "x", count: 50_000))
        for _ in 0..<100 {
            #expect(throws: Stop.self) { try message.withPacking { _ in throw Stop() } }
            #expect(throws: WireError.self) { try TestingV1.Text(decoding: message.encoded() + [0x00]) }
        }
        #expect(try TestingV1.Text(decoding: message.encoded()) == message)
    }

    @Test("a block is as large as asked for, aligned, and apart from all others")
    func blocks() {
        let arena = Arena.ofThisThread
        let mark = unsafe arena.mark()
        defer { unsafe arena.release(to: mark) }
        var taken: [Range<UInt>] = []
        for size in [1, 7, 8, 9, 100, 3, 40_000, 1, 200_000, 5, 1_000_000, 1] {
            let block = unsafe arena.allocate(byteCount: size)
            unsafe block.initializeMemory(as: UInt8.self, repeating: 0xaa, count: size)
            let start = UInt(bitPattern: block)
            #expect(start % 8 == 0)
            #expect(taken.allSatisfy { $0.upperBound <= start || $0.lowerBound >= start + UInt(size) })
            taken.append(start..<start + UInt(size))
        }
    }

    @Test("memory that a message needed is kept for the next one up to a bound, and no further")
    func retention() {
        let arena = Arena.ofThisThread
        for size in [1_000, 100_000, Arena.retainedBytes * 4, 10, 30_000] {
            let mark = unsafe arena.mark()
            for _ in 0..<4 { _ = unsafe arena.allocate(byteCount: size / 4) }
            unsafe arena.release(to: mark)
            #expect(arena.heldBytes <= Arena.retainedBytes)
        }
        #expect(arena.heldBytes >= 100_000)
    }

    @Test("threads do not meet in their arenas")
    func threads() async {
        await withTaskGroup(of: Bool.self) { group in
            for index in 0..<8 {
                group.addTask {
                    let message = TestingV1.Everything(fInt32: Int32(index), rString: (0..<50).map { "\(index)-\($0)" })
                    return (0..<200).allSatisfy { _ in (try? .init(decoding: message.encoded())) == message }
                }
            }
            for await isIntact in group { #expect(isIntact) }
        }
    }

    @Test("long byte arrays are packed from where they are, short ones copied; both arrive")
    func byteArrays() throws {
        for count in [0, 1, 4_095, 4_096, 4_097, 300_000] {
            let message = TestingV1.Everything(fBytes: (0..<count).map { UInt8(truncatingIfNeeded: $0) })
            #expect(try TestingV1.Everything(decoding: message.encoded()).fBytes == message.fBytes)
        }
    }

    @Test("a raw message is its bytes")
    func rawMessage() throws {
        let message = RawMessage(bytes: [1, 2, 3])
        #expect(message.encoded() == [1, 2, 3])
        #expect(try RawMessage(decoding: [4, 5]).bytes == [4, 5])
        #expect(RawMessage().encoded().isEmpty)
        var limits = DecodeLimits()
        limits.maxBytes = 1
        #expect(throws: WireError.self) { try RawMessage(decoding: [1, 2], limits: limits) }
    }
}
