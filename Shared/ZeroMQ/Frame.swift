internal import CZeroMQ

/// A frame of a ZeroMQ message: bytes in libzmq's own memory.
///
/// Frames of up to 33 bytes live inside libzmq's message structure, which lies behind the frame's own object: they cost one
/// allocation in all. Copies of a frame are the same frame.
@safe
package struct Frame: @unchecked Sendable {
    // Invariant: one holder at a time writes (whoever made the frame, before it is sent or shared); from then on it is only
    // read. `message` is initialised from init to the object's deinit and never moves.
    private let storage: Storage

    /// libzmq's message, in memory behind the object.
    @safe
    private final class Storage: ManagedBuffer<Void, zmq_msg_t> {
        static func make() -> Storage {
            let buffer = Storage.create(minimumCapacity: 1) { _ in }
            return unsafe unsafeDowncast(buffer, to: Storage.self)
        }

        deinit {
            unsafe _ = withUnsafeMutablePointerToElements { unsafe zmq_msg_close($0) }
        }
    }

    @unsafe var message: UnsafeMutablePointer<zmq_msg_t> { unsafe storage.withUnsafeMutablePointerToElements { unsafe $0 } }

    /// Keeps the bytes where they are.
    package var owner: AnyObject { storage }

    /// An empty frame, to receive into.
    package init() {
        storage = Storage.make()
        unsafe zmq_msg_init(message)
    }

    /// A frame of `byteCount` bytes whose contents are not set yet.
    package init(byteCount: Int) {
        storage = Storage.make()
        guard unsafe zmq_msg_init_size(message, byteCount) == 0 else {
            fatalError("no memory for a frame of \(byteCount) bytes")
        }
    }

    init(copying bytes: [UInt8]) {
        self.init(byteCount: bytes.count)
        unsafe mutableBytes.copyBytes(from: bytes)
    }

    package var count: Int { unsafe zmq_msg_size(message) }

    /// The bytes. They stay where they are as long as the frame lives and is not sent.
    @unsafe package var bytes: UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: zmq_msg_data(message), count: zmq_msg_size(message))
    }

    /// The bytes, to be filled by the frame's only holder.
    @unsafe package var mutableBytes: UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(start: zmq_msg_data(message), count: zmq_msg_size(message))
    }

    /// A copy of the bytes.
    var array: [UInt8] { unsafe Array(bytes) }

    /// What libzmq knows of the connection by which the frame came, such as "User-Id".
    func property(_ name: String) -> String? {
        guard let text = unsafe zmq_msg_gets(message, name) else { return nil }
        return unsafe String(cString: text)
    }
}
