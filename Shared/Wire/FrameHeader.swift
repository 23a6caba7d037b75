/// The fixed 32 bytes in front of every frame, little-endian. The layout is specified in Shared/RPC/README.md.
///
/// 32 bytes fit inside libzmq's message structure, so a frame without a body costs no allocation.
package struct FrameHeader: Hashable, Sendable {
    package static let byteCount = 32
    package static let magic: UInt8 = 0x5A
    /// The protocol's major version.
    package static let version: UInt8 = 1

    package enum Kind: UInt8, Sendable {
        case hello = 1
        case helloAck = 2
        case call = 3
        case headers = 4
        case message = 5
        case end = 6
        case cancel = 7
        case credit = 8
        case ping = 9
        case pong = 10
        case goAway = 11
        case state = 12
    }

    package struct Flags: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The sender sends no more messages on this call.
        package static let endOfStream = Flags(rawValue: 1)
        package static let compressed = Flags(rawValue: 2)
        /// A fragment of the same message follows.
        package static let more = Flags(rawValue: 4)
        /// A receiver that does not know the frame's kind may skip it.
        package static let optional = Flags(rawValue: 8)
        /// On END: no handler saw the call.
        package static let refused = Flags(rawValue: 16)
        /// The frame carries a message, perhaps one of zero bytes.
        package static let hasMessage = Flags(rawValue: 32)
        /// The message of the frame is a piece of a longer one.
        package static let fragment = Flags(rawValue: 64)
    }

    package var kind: Kind
    package var flags: Flags
    /// A status code on END, CANCEL and GOAWAY; on STATE 0 for serving, 14 for not.
    package var status: UInt8
    /// Reserved for the compression of the payload; zero.
    package var codec: UInt8
    /// Bytes of the protobuf message that follows this header.
    package var headerLength: UInt16
    /// Chosen by the client, growing by one; zero: the connection itself.
    package var callID: UInt64
    /// Bytes that the receiver of this frame may send on the call in addition.
    package var credit: UInt32
    /// On the first fragment of a message: bytes of the whole; otherwise zero.
    package var totalLength: UInt32
    /// Count of the frame within its call and direction, from zero.
    package var sequence: UInt32
    /// Bytes of the message, or what a PONG has to repeat from its PING.
    package var payloadLength: UInt32

    package init(
        _ kind: Kind, flags: Flags = [], status: UInt8 = 0, headerLength: UInt16 = 0, callID: UInt64 = 0,
        credit: UInt32 = 0, totalLength: UInt32 = 0, sequence: UInt32 = 0, payloadLength: UInt32 = 0
    ) {
        self.kind = kind
        self.flags = flags
        self.status = status
        codec = 0
        self.headerLength = headerLength
        self.callID = callID
        self.credit = credit
        self.totalLength = totalLength
        self.sequence = sequence
        self.payloadLength = payloadLength
    }

    /// Why 32 bytes are not a header that this version understands.
    package enum Problem: Error, Hashable, Sendable {
        case tooShort
        case wrongMagic
        case unsupportedVersion(UInt8)
        /// Of a kind that came later than this version; to be skipped if it is marked optional.
        case unknownKind(UInt8, optional: Bool)
        /// The protobuf message or the payload would go beyond the frame's end.
        case lengthBeyondFrame
    }

    /// Reads the header at the start of a frame.
    package init(reading bytes: UnsafeRawBufferPointer) throws(Problem) {
        guard bytes.count >= Self.byteCount else { throw .tooShort }
        guard unsafe bytes[0] == Self.magic else { throw .wrongMagic }
        guard unsafe bytes[1] == Self.version else { throw unsafe .unsupportedVersion(bytes[1]) }
        flags = unsafe Flags(rawValue: bytes[3])
        guard let kind = unsafe Kind(rawValue: bytes[2]) else {
            throw unsafe .unknownKind(bytes[2], optional: flags.contains(.optional))
        }
        self.kind = kind
        status = unsafe bytes[4]
        codec = unsafe bytes[5]
        headerLength = unsafe UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 6, as: UInt16.self))
        callID = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        credit = unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
        totalLength = unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 20, as: UInt32.self))
        sequence = unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 24, as: UInt32.self))
        payloadLength = unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 28, as: UInt32.self))
        guard Self.byteCount + Int(headerLength) <= bytes.count else { throw .lengthBeyondFrame }
    }

    /// Writes the header to the first 32 of `bytes`.
    package func write(into bytes: UnsafeMutableRawBufferPointer) {
        precondition(bytes.count >= Self.byteCount)
        unsafe bytes[0] = Self.magic
        unsafe bytes[1] = Self.version
        unsafe bytes[2] = kind.rawValue
        unsafe bytes[3] = flags.rawValue
        unsafe bytes[4] = status
        unsafe bytes[5] = codec
        unsafe bytes.storeBytes(of: headerLength.littleEndian, toByteOffset: 6, as: UInt16.self)
        unsafe bytes.storeBytes(of: callID.littleEndian, toByteOffset: 8, as: UInt64.self)
        unsafe bytes.storeBytes(of: credit.littleEndian, toByteOffset: 16, as: UInt32.self)
        unsafe bytes.storeBytes(of: totalLength.littleEndian, toByteOffset: 20, as: UInt32.self)
        unsafe bytes.storeBytes(of: sequence.littleEndian, toByteOffset: 24, as: UInt32.self)
        unsafe bytes.storeBytes(of: payloadLength.littleEndian, toByteOffset: 28, as: UInt32.self)
    }
}
