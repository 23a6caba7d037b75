/// The W3C trace context that came with a request, if it is one; services get it as it came.
struct TraceContext: Hashable {
    /// `00-<32 digits>-<16 digits>-<2 digits>`
    private static let parentBytes = 55
    private static let maximumStateBytes = 512

    let parent: String
    let state: String

    init(parent: [String], state: [String]) {
        guard parent.count == 1, let first = parent.first, Self.isParent(first) else {
            self.parent = ""
            self.state = ""
            return
        }
        self.parent = first
        let joined = state.joined(separator: ",")
        let isSane =
            joined.utf8.count <= Self.maximumStateBytes && joined.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        self.state = isSane ? joined : ""
    }

    private static func isParent(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == parentBytes, text.hasPrefix("00-") else { return false }
        return bytes.enumerated().allSatisfy { index, byte in
            switch index {
            case 2, 35, 52: byte == UInt8(ascii: "-")
            default: (0x30...0x39).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            }
        }
    }
}
