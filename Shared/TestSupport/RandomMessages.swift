import Contracts

/// Messages with random contents, edge values among them.
///
/// Text has neither U+0000, which is refused, nor letters that Unicode holds equal to others, which Swift would.
package enum RandomMessages {
    package static func everything(using random: inout some RandomNumberGenerator) -> TestingV1.Everything {
        var message = TestingV1.Everything()
        singulars(&message, &random)
        optionals(&message, &random)
        lists(&message, &random)
        maps(&message, &random)
        message.choice = choice(&random)
        if Bool.random(using: &random) { message.at = timestamp(&random) }
        if Bool.random(using: &random) { message.lasting = duration(&random) }
        message.instants = list(&random) { timestamp(&$0) }
        message.class = text(&random)
        message.withJsonName = integer(&random)
        return message
    }

    private static func singulars(_ message: inout TestingV1.Everything, _ random: inout some RandomNumberGenerator) {
        message.fDouble = double(&random)
        message.fFloat = float(&random)
        message.fInt32 = integer(&random)
        message.fInt64 = integer(&random)
        message.fUint32 = integer(&random)
        message.fUint64 = integer(&random)
        message.fSint32 = integer(&random)
        message.fSint64 = integer(&random)
        message.fFixed32 = integer(&random)
        message.fFixed64 = integer(&random)
        message.fSfixed32 = integer(&random)
        message.fSfixed64 = integer(&random)
        message.fBool = .random(using: &random)
        message.fString = text(&random)
        message.fBytes = bytes(&random)
        message.fEnum = colour(&random)
        if Bool.random(using: &random) { message.fMessage = nested(&random, depth: 4) }
    }

    private static func optionals(_ message: inout TestingV1.Everything, _ random: inout some RandomNumberGenerator) {
        if Bool.random(using: &random) { message.oDouble = double(&random) }
        if Bool.random(using: &random) { message.oFloat = float(&random) }
        if Bool.random(using: &random) { message.oInt32 = integer(&random) }
        if Bool.random(using: &random) { message.oInt64 = integer(&random) }
        if Bool.random(using: &random) { message.oUint32 = integer(&random) }
        if Bool.random(using: &random) { message.oUint64 = integer(&random) }
        if Bool.random(using: &random) { message.oBool = .random(using: &random) }
        if Bool.random(using: &random) { message.oString = text(&random) }
        if Bool.random(using: &random) { message.oBytes = bytes(&random) }
        if Bool.random(using: &random) { message.oEnum = colour(&random) }
    }

    private static func lists(_ message: inout TestingV1.Everything, _ random: inout some RandomNumberGenerator) {
        message.rDouble = list(&random) { double(&$0) }
        message.rInt32 = list(&random) { integer(&$0) }
        message.rInt64 = list(&random) { integer(&$0) }
        message.rBool = list(&random) { Bool.random(using: &$0) }
        message.rString = list(&random) { text(&$0) }
        message.rBytes = list(&random) { bytes(&$0) }
        message.rEnum = list(&random) { colour(&$0) }
        message.rMessage = list(&random) { nested(&$0, depth: 2) }
        message.rUnpacked = list(&random) { integer(&$0) }
    }

    private static func maps(_ message: inout TestingV1.Everything, _ random: inout some RandomNumberGenerator) {
        for _ in 0..<count(&random) { message.mStringString[text(&random)] = text(&random) }
        for _ in 0..<count(&random) { message.mInt32Message[integer(&random)] = nested(&random, depth: 2) }
        for _ in 0..<count(&random) { message.mBoolEnum[.random(using: &random)] = colour(&random) }
        for _ in 0..<count(&random) { message.mStringInt64[text(&random)] = integer(&random) }
    }

    private static func choice(_ random: inout some RandomNumberGenerator) -> TestingV1.Everything.Choice? {
        switch Int.random(in: 0...6, using: &random) {
        case 0: .cString(text(&random))
        case 1: .cInt64(integer(&random))
        case 2: .cMessage(nested(&random, depth: 2))
        case 3: .cBool(.random(using: &random))
        case 4: .cEnum(colour(&random))
        case 5: .cBytes(bytes(&random))
        default: nil
        }
    }

    private static func nested(
        _ random: inout some RandomNumberGenerator, depth: Int
    ) -> TestingV1.Everything.Nested {
        let child = depth > 1 && Bool.random(using: &random) ? nested(&random, depth: depth - 1) : nil
        return .init(number: integer(&random), child: child, kind: Bool.random(using: &random) ? .one : .unspecified)
    }

    private static func count(_ random: inout some RandomNumberGenerator) -> Int {
        Bool.random(using: &random) ? 0 : Int.random(in: 1...6, using: &random)
    }

    private static func list<Element, Random: RandomNumberGenerator>(
        _ random: inout Random, _ element: (inout Random) -> Element
    ) -> [Element] {
        (0..<count(&random)).map { _ in element(&random) }
    }

    private static func integer<Integer: FixedWidthInteger & Sendable>(
        _ random: inout some RandomNumberGenerator
    ) -> Integer {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: 0
        case 1: .min
        case 2: .max
        case 3: Integer(truncatingIfNeeded: Int.random(in: 0..<300, using: &random))
        default: .random(in: .min ... .max, using: &random)
        }
    }

    private static func double(_ random: inout some RandomNumberGenerator) -> Double {
        let edges = [0, -0.0, 1, -1.5, 0.1, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude]
        return edges.randomElement(using: &random).flatMap { Bool.random(using: &random) ? $0 : nil }
            ?? Double.random(in: -1e9...1e9, using: &random)
    }

    private static func float(_ random: inout some RandomNumberGenerator) -> Float {
        let edges: [Float] = [0, -0.0, 1, 0.1, .infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude]
        return edges.randomElement(using: &random).flatMap { Bool.random(using: &random) ? $0 : nil }
            ?? Float.random(in: -1e9...1e9, using: &random)
    }

    private static func text(_ random: inout some RandomNumberGenerator) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz 0123456789\"\\/\n\t\u{1}\u{7f}<&éßøž€漢字😀")
        let isShort = Bool.random(using: &random)
        let count = Int.random(in: isShort ? 0...8 : 9...40, using: &random)
        return String((0..<count).compactMap { _ in letters.randomElement(using: &random) })
    }

    private static func bytes(_ random: inout some RandomNumberGenerator) -> [UInt8] {
        (0..<Int.random(in: 0...20, using: &random)).map { _ in .random(in: 0...255, using: &random) }
    }

    private static func colour(_ random: inout some RandomNumberGenerator) -> TestingV1.Colour {
        .init(rawValue: [0, 1, 2, 2, 99, -7].randomElement(using: &random) ?? 0)
    }

    private static func timestamp(_ random: inout some RandomNumberGenerator) -> GoogleProtobuf.Timestamp {
        .init(seconds: .random(in: GoogleProtobuf.Timestamp.validSeconds, using: &random), nanos: nanos(&random))
    }

    private static func duration(_ random: inout some RandomNumberGenerator) -> GoogleProtobuf.Duration {
        let sign: Int32 = Bool.random(using: &random) ? 1 : -1
        let seconds = Int64.random(in: 0..<GoogleProtobuf.Duration.validSeconds.upperBound, using: &random)
        return .init(seconds: Int64(sign) * seconds, nanos: sign * nanos(&random))
    }

    private static func nanos(_ random: inout some RandomNumberGenerator) -> Int32 {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: 0
        case 1: 1_000_000 * .random(in: 0..<1_000, using: &random)
        case 2: 1_000 * .random(in: 0..<1_000_000, using: &random)
        default: .random(in: 0..<1_000_000_000, using: &random)
        }
    }
}
