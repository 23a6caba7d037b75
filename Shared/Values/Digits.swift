/// The number that some ASCII digits write; nil if there are none, or anything else among them, or
/// more than 18 of them.
func decimal(_ digits: some Collection<UInt8>) -> Int? {
    guard !digits.isEmpty, digits.count <= 18 else { return nil }
    var value = 0
    for byte in digits {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value
}

/// A number with noughts before it up to `width` digits.
func padded(_ value: some BinaryInteger, _ width: Int) -> String {
    let text = String(value)
    return text.utf8.count >= width ? text : String(repeating: "0", count: width - text.utf8.count) + text
}

/// Text without spaces and tabs at its ends.
func trimmed(_ text: some StringProtocol) -> [UInt8] {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    let bytes = Array(text.utf8)
    guard let first = bytes.firstIndex(where: { !isBlank($0) }),
          let last = bytes.lastIndex(where: { !isBlank($0) }) else { return [] }
    return Array(bytes[first...last])
}
