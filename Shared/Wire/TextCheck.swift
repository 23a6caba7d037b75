/// Whether bytes are text that may pass: UTF-8 by the letter (no surrogates, no longer form than
/// needed, nothing above U+10FFFF), and no NUL.
enum TextCheck {
    enum Outcome {
        case clean, notUTF8, hasNUL
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    static func check(_ start: UnsafePointer<UInt8>, _ count: Int) -> Outcome {
        var at = unsafe start
        let end = unsafe start + count
        // Eight bytes at once: a byte of zero borrows, so that its highest bit is set like that of a
        // byte outside ASCII.
        while unsafe end - at >= 8 {
            let word = unsafe UnsafeRawPointer(at).loadUnaligned(as: UInt64.self)
            guard (word | (word &- ones)) & highBits == 0 else { return unsafe checkSlowly(at, end) }
            unsafe at += 8
        }
        while unsafe at < end {
            guard unsafe at.pointee &- 1 < 0x7f else { return unsafe checkSlowly(at, end) }
            unsafe at += 1
        }
        return .clean
    }

    @inline(never)
    private static func checkSlowly(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Outcome {
        var at = unsafe start
        while unsafe at < end {
            let byte = unsafe at.pointee
            if byte == 0 { return .hasNUL }
            let length = unsafe byte < 0x80 ? 1 : sequenceLength(at, end)
            guard length > 0 else { return .notUTF8 }
            unsafe at += length
        }
        return .clean
    }

    /// The length of the sequence that begins here, by table 3-7 of the Unicode standard; 0 if there is none.
    private static func sequenceLength(_ at: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int {
        let first = unsafe at.pointee
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xbf
        switch first {
        case 0xc2...0xdf: length = 2
        case 0xe0: (length, second) = (3, 0xa0...0xbf)
        case 0xed: (length, second) = (3, 0x80...0x9f)
        case 0xe1...0xef: length = 3
        case 0xf0: (length, second) = (4, 0x90...0xbf)
        case 0xf4: (length, second) = (4, 0x80...0x8f)
        case 0xf1...0xf3: length = 4
        default: return 0
        }
        guard unsafe end - at >= length, second.contains(unsafe at[1]) else { return 0 }
        for index in 2..<max(length, 2) where unsafe at[index] & 0xc0 != 0x80 { return 0 }
        return length
    }
}
