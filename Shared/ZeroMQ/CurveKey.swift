internal import CZeroMQ

/// A public key of CURVE: 32 bytes, written as 40 characters of Z85.
///
/// It is no secret; who holds the secret one that belongs to it is known by it.
package struct CurveKey: Hashable, Sendable, CustomStringConvertible {
    /// Characters of a key as text.
    package static let textLength = 40
    static let byteCount = 32

    /// As files have it. Every key has exactly one such text.
    package let text: String

    package var description: String { text }

    /// Reads a key as it stands in files.
    /// - Throws: ``Problem`` saying what is wrong; it never quotes the text, which may be a secret key by mistake.
    package init(_ text: String) throws(Problem) {
        try Z85.check(text)
        self.text = text
    }

    /// The key of `bytes`, as libzmq gives it; nil unless they are 32.
    @unsafe init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.byteCount, let base = bytes.baseAddress else { return nil }
        var characters = [CChar](repeating: 0, count: Self.textLength + 1)
        guard unsafe zmq_z85_encode(&characters, base.assumingMemoryBound(to: UInt8.self), bytes.count) != nil else {
            return nil
        }
        text = String(decoding: characters.prefix(Self.textLength).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// A text that is no key, and why.
    package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        package let reason: String
        package var description: String { reason }
    }
}

/// What texts of keys, public and secret, have in common.
enum Z85 {
    private static let alphabet = Array(
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#".utf8)
    private static let groupLength = 5

    static func check(_ text: String) throws(CurveKey.Problem) {
        let characters = Array(text.utf8)
        guard characters.count == CurveKey.textLength else {
            throw CurveKey.Problem(
                reason: "a key has \(CurveKey.textLength) characters, and this is \(characters.count)")
        }
        for start in stride(from: 0, to: characters.count, by: groupLength) {
            var value: UInt64 = 0
            for index in start..<start + groupLength {
                guard let digit = alphabet.firstIndex(of: characters[index]) else {
                    throw CurveKey.Problem(reason: "character \(index + 1) of the key is none of Z85's")
                }
                value = value * UInt64(alphabet.count) + UInt64(digit)
            }
            guard value <= UInt32.max else {
                throw CurveKey.Problem(
                    reason: "characters \(start + 1) to \(start + groupLength) of the key are no number of Z85's")
            }
        }
    }
}
