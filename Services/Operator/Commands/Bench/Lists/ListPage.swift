import Contracts
import ProtoJSON

/// What matters of a serialised page: how many rows it has, and where the next begins. The rows themselves are not
/// read, so that a long list is walked fast.
package struct ListPage: Hashable, Sendable {
    package private(set) var rows = 0
    /// Empty on the last page.
    package private(set) var nextToken = ""

    /// Nil for bytes that are no message.
    package init?(_ bytes: [UInt8], rowsField: Int, tokenField: Int) {
        var at = 0
        func varint() -> Int? {
            var value: UInt64 = 0
            for shift in stride(from: UInt64(0), to: 64, by: 7) {
                guard at < bytes.count else { return nil }
                value |= UInt64(bytes[at] & 0x7F) << shift
                at += 1
                if bytes[at - 1] < 0x80 { return Int(exactly: value) }
            }
            return nil
        }
        while at < bytes.count {
            guard let tag = varint() else { return nil }
            switch tag & 7 {
            case 0: guard varint() != nil else { return nil }
            case 1: at += 8
            case 5: at += 4
            case 2:
                guard let count = varint(), count <= bytes.count - at else { return nil }
                if tag >> 3 == rowsField { rows += 1 }
                if tag >> 3 == tokenField { nextToken = String(decoding: bytes[at..<(at + count)], as: UTF8.self) }
                at += count
            default: return nil
            }
            guard at <= bytes.count else { return nil }
        }
    }

    init?(_ bytes: [UInt8], of method: ListMethod) {
        guard let token = method.entry.reply.fields.first(where: { $0.name == "next_page_token" }) else { return nil }
        self.init(bytes, rowsField: method.rows.number, tokenField: token.number)
    }
}
