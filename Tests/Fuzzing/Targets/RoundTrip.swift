import Wire

/// What holds for every message and any bytes: they are a message or an error; a message can be sent again and is then
/// the same; neither takes more memory than its size can justify.
enum RoundTrip {
    /// - Parameters:
    ///   - bytes: any.
    ///   - growth: how many times longer than `bytes` the message may become when it is sent again.
    static func check<Value: Message>(
        _ type: Value.Type, _ bytes: UnsafeRawBufferPointer, limits: DecodeLimits, growth: Int
    ) {
        var result: Result<Value, WireError>?
        let peak = Heap.peak {
            result = unsafe decode(type, bytes, limits)
        }
        let budget = limits.memoryFloor + limits.memoryPerByte * bytes.count
        // The arena's chunks double, and the value is a copy of what is in them.
        require(peak <= 3 * budget + fixedBytes, "\(bytes.count) bytes took \(peak) of the heap, budget \(budget)")
        switch result {
        case .success(let message): check(message, growth * bytes.count)
        case .failure(let error): check(error, bytes.count)
        case nil: break
        }
    }

    /// The arena's first chunk, and errors with their texts.
    private static let fixedBytes = 32 * 1024

    private static func decode<Value: Message>(
        _ type: Value.Type, _ bytes: UnsafeRawBufferPointer, _ limits: DecodeLimits
    ) -> Result<Value, WireError> {
        do throws(WireError) {
            return .success(try unsafe Value(decoding: EdgeMemory.copy(of: bytes), limits: limits))
        } catch {
            return .failure(error)
        }
    }

    private static func check<Value: Message>(_ message: Value, _ maximum: Int) {
        let sent = EdgeMemory.encoded(message)
        require(sent.count <= maximum, "\(sent.count) bytes were made of at most \(maximum)")
        guard let again = try? Value(decoding: sent) else { fatalError("what was sent cannot be read: \(message)") }
        // A message with a NaN in it is unlike every other.
        require(again == message || "\(message)".contains("nan"), "\(message) was sent, \(again) has arrived")
        require(EdgeMemory.encoded(again) == sent, "\(message) is not sent twice with the same bytes")
    }

    private static func check(_ error: WireError, _ count: Int) {
        if let offset = error.offset {
            require((0...count).contains(offset), "an error at byte \(offset) of \(count)")
        } else {
            require(error.code == .duplicateMapKey, "an error that says no place: \(error)")
        }
        require(!error.description.isEmpty, "an error without a text")
    }
}
