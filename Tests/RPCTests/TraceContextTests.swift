import RPC
import TestSupport
import Testing

@Suite("Trace contexts")
struct TraceContextTests {
    private static let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test("what is read is written again")
    func roundTrip() throws {
        let context = try #require(TraceContext(Self.parent))
        #expect(context.traceparent == Self.parent)
        #expect(context.traceID == "0af7651916cd43dd8448eb211c80319c")
        #expect(context.spanID == "b7ad6b7169203331")
    }

    @Test("a later version is read as far as 00 goes, and goes on as 00 with the flags that are known")
    func laterVersion() throws {
        let later = "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff-more"
        #expect(TraceContext(later)?.traceparent == "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03")
    }

    @Test(
        "anything else is none",
        arguments: [
            "", "x", "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", "\(parent)0", "\(parent)-more",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01more",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",
        ])
    func malformed(text: String) {
        #expect(TraceContext(text) == nil)
    }

    @Test("a child has its parent's trace and another span; a beginning has ids that the seed gives")
    func children() throws {
        let ids = TraceIDs(seed: 7)
        let root = TraceContext(beginningWith: ids)
        let child = root.child(ids)
        #expect(child.traceID == root.traceID && child.spanID != root.spanID)
        #expect(TraceContext(root.traceparent) == root)
        #expect(TraceContext(beginningWith: TraceIDs(seed: 7)) == root)
        #expect(TraceContext(beginningWith: TraceIDs(seed: 8)) != root)
    }

    @Test("a hundred thousand spans are all different")
    func different() {
        let ids = TraceIDs(seed: 1)
        let root = TraceContext(beginningWith: ids)
        #expect(Set((0..<100_000).map { _ in root.child(ids) }).count == 100_000)
    }

    @Test("a state is passed on only if it is printable and short")
    func state() {
        #expect(TraceContext.state(["a=1", "b=2"]) == "a=1,b=2")
        #expect(TraceContext.state([]) == "")
        #expect(TraceContext.state(["a=\u{7}"]) == "")
        #expect(TraceContext.state([String(repeating: "a", count: 513)]) == "")
    }
}
