/// A protobuf message as a Swift value.
///
/// Values own all they hold; nothing of protobuf-c outlives the calls below.
package protocol Message: Hashable, Sendable {
    /// Full name as in the proto, such as "olp.partnership.v1.School".
    static var messageName: String { get }

    /// Every field absent or zero.
    init()

    /// Decodes serialised bytes that may come from anyone: they are checked and laid out within a budget of memory, then
    /// copied out.
    init(decoding bytes: UnsafeRawBufferPointer, limits: DecodeLimits) throws(WireError)

    /// Makes the message ready to be packed for the time of `body`, which may pack it straight to
    /// where it is sent from. May be nested.
    func withPacking<R>(_ body: (borrowing Packing) throws -> R) rethrows -> R
}

extension Message {
    package init(decoding bytes: [UInt8], limits: DecodeLimits = .default) throws(WireError) {
        let result: Result<Self, WireError> = unsafe bytes.withUnsafeBytes { bytes in
            do throws(WireError) {
                return .success(try unsafe Self(decoding: bytes, limits: limits))
            } catch {
                return .failure(error)
            }
        }
        self = try result.get()
    }

    /// The serialised message. Equal messages have equal bytes: maps are written in the order of
    /// their keys.
    package func encoded() -> [UInt8] {
        withPacking { packing in
            // Swift's one empty array would be written to, by many threads at once.
            guard packing.byteCount > 0 else { return [] }
            return unsafe [UInt8](unsafeUninitializedCapacity: packing.byteCount) { buffer, count in
                unsafe packing.pack(into: UnsafeMutableRawBufferPointer(buffer))
                count = packing.byteCount
            }
        }
    }
}

/// An enum of a proto. Enums of proto3 are open: a number that this release does not know is kept.
package protocol MessageEnum: Hashable, Sendable {
    init(rawValue: Int32)
    var rawValue: Int32 { get }
    /// Full name of the enum, such as "olp.partnership.v1.SchoolStatus".
    static var enumName: String { get }
    /// The values that the proto names, in its order.
    static var known: [Self] { get }
    /// Whether the number has no name in this release.
    var isUnrecognized: Bool { get }
    /// As the proto spells it, such as "SCHOOL_STATUS_OPEN"; a number where it has no name.
    var name: String { get }
}

extension MessageEnum {
    /// The value that the proto gives this name to.
    package init?(name: String) {
        guard let value = Self.known.first(where: { $0.name == name }) else { return nil }
        self = value
    }
}
