internal import CZeroMQ

/// One frame of a ZeroMQ message: bytes in libzmq's own memory.
///
/// Frames of up to 33 bytes live inside libzmq's message structure and cost no further allocation.
@safe
package final class Frame: @unchecked Sendable {
    // Invariant: one holder at a time writes (whoever made the frame, before it is sent or shared); from then
    // on it is only read. `message` points to initialised storage from init to deinit and never moves.
    let message: UnsafeMutablePointer<zmq_msg_t>

    /// An empty frame, to receive into.
    package init() {
        unsafe message = .allocate(capacity: 1)
        unsafe zmq_msg_init(message)
    }

    /// A frame of `byteCount` bytes whose contents are not set yet.
    package init(byteCount: Int) {
        unsafe message = .allocate(capacity: 1)
        guard unsafe zmq_msg_init_size(message, byteCount) == 0 else {
            fatalError("no memory for a frame of \(byteCount) bytes")
        }
    }

    convenience init(copying bytes: [UInt8]) {
        self.init(byteCount: bytes.count)
        unsafe mutableBytes.copyBytes(from: bytes)
    }

    deinit {
        unsafe zmq_msg_close(message)
        unsafe message.deallocate()
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
