/// What is fuzzed. Each target takes any bytes and ends the program where something does not hold.
enum FuzzTarget: String, CaseIterable, Sendable {
    /// The fixed header of frames.
    case header
    /// A frame of one or two parts: header, protobuf part, message.
    case frame
    /// The protobuf parts: Hello, Call, Headers, End, GoAway.
    case parts
    /// The guarded codec, on a message with a field of every kind.
    case codec
    /// The same message in its JSON form, there and back.
    case mapping
    /// The reader of JSON texts.
    case json

    func run(_ input: UnsafeRawBufferPointer) {
        switch self {
        case .header: unsafe HeaderTarget.run(input)
        case .frame: unsafe FrameTarget.run(input)
        case .parts: unsafe PartsTarget.run(input)
        case .codec: unsafe CodecTarget.run(input)
        case .mapping: unsafe MappingTarget.run(input)
        case .json: unsafe JSONTarget.run(input)
        }
    }
}

/// Ends the program, so that the input is kept, unless what must hold does.
func require(_ holds: Bool, _ what: @autoclosure () -> String) {
    guard holds else { fatalError(what()) }
}
