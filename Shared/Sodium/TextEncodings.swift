import CSodium

/// Bytes as lower-case hexadecimal text.
package enum Hex {
    package static func text(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return unsafe String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
            for (index, byte) in bytes.enumerated() {
                unsafe buffer[index * 2] = digits[Int(byte >> 4)]
                unsafe buffer[index * 2 + 1] = digits[Int(byte & 15)]
            }
            return bytes.count * 2
        }
    }

    /// Nil unless the text is pairs of hexadecimal digits, of either case, and nothing else.
    package static func bytes(_ text: String) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard characters.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count / 2)
        for index in stride(from: 0, to: characters.count, by: 2) {
            guard let high = digit(characters[index]), let low = digit(characters[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

/// Bytes as text that needs no escaping in a URL (RFC 4648 section 5, without padding).
package enum Base64URL {
    package static func text(_ bytes: [UInt8]) -> String {
        requireSodium()
        let room = sodium_base64_encoded_len(bytes.count, variant)
        return unsafe String(unsafeUninitializedCapacity: room) { buffer in
            unsafe buffer.withMemoryRebound(to: CChar.self) { text in
                _ = unsafe sodium_bin2base64(text.baseAddress!, room, bytes, bytes.count, variant)
            }
            return room - 1   // without C's closing zero byte
        }
    }

    /// Nil unless the text is exactly what `text` makes of some bytes.
    package static func bytes(_ text: String) -> [UInt8]? {
        requireSodium()
        let room = text.utf8.count / 4 * 3 + 3
        var complete = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            let length = text.utf8.count
            complete = unsafe sodium_base642bin(buffer.baseAddress!, room, text, length, nil, &count, nil, variant) == 0
            if !complete { count = 0 }
        }
        return complete ? bytes : nil
    }

    private static let variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING
}
