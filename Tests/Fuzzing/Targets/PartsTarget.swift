import Wire

/// An input is one byte that chooses the message, and its serialised bytes.
enum PartsTarget {
    static func run(_ input: UnsafeRawBufferPointer) {
        guard let choice = unsafe input.first else { return }
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: input.dropFirst())
        switch choice % 6 {
        case 0: unsafe check(WireV1.Hello.self, bytes)
        case 1: unsafe check(WireV1.Call.self, bytes)
        case 2: unsafe check(WireV1.End.self, bytes)
        case 3: unsafe check(WireV1.GoAway.self, bytes)
        case 4: unsafe check(WireV1.Headers.self, bytes)
        default: unsafe check(WireV1.Limits.self, bytes)
        }
    }

    /// None of these messages has a field whose shortest form is longer than another that is read.
    private static func check(_ type: (some Message).Type, _ bytes: UnsafeRawBufferPointer) {
        unsafe RoundTrip.check(type, bytes, limits: .default, growth: 1)
    }
}
