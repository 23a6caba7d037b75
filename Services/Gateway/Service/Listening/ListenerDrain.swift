package import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// Hears who is at the door before the server closes it. Runs beside the server, and is stopped before it.
///
/// A listening socket that is closed resets the connections that the system had taken in and the server had not, and a
/// connection that has said nothing yet is closed with the server; whoever had just sent a request cannot know whether it was
/// heard. So first nobody new is let in: the system drops what begins a connection, and its caller is refused at the next try.
/// Who is in is heard for ``time`` more. Linux only; elsewhere the time alone is what helps.
package final class ListenerDrain: ServiceLifecycle.Service {
    /// Enough for a request that is on its way.
    static let time = Duration.milliseconds(200)

    /// Linux's `SO_ATTACH_FILTER`: what a socket receives is run through a program of the Berkeley packet filter.
    private static let attachFilter = NIOBSDSocket.Option(rawValue: 26)

    /// `struct sock_fprog`.
    private struct Program {
        var count: UInt16
        /// Where the instructions are.
        var instructions: UInt
    }

    /// `struct sock_filter`.
    private struct Instruction {
        var code: UInt16
        var ifTrue: UInt8
        var ifFalse: UInt8
        var operand: UInt32

        /// Keep no byte of it.
        static let drop = Instruction(code: 0x06, ifTrue: 0, ifFalse: 0, operand: 0)
    }

    private let clock: any Clock<Duration>
    private let logger: Logger
    private let channel = Mutex<(any Channel)?>(nil)

    package init(clock: any Clock<Duration>, logger: Logger) {
        self.clock = clock
        self.logger = logger
    }

    /// To be told the listening channel once it is open.
    func listens(_ opened: any Channel) { channel.withLock { $0 = opened } }

    package func run() async throws {
        try await gracefulShutdown()
        guard let channel = channel.withLock({ $0 }) else { return }
        do {
            try await letNobodyIn(channel)
        } catch {
            logger.warning(
                "new connections cannot be held off; some may break while the server closes",
                metadata: ["error.message": "\(error)"])
        }
        try await clock.sleep(for: Self.time)
    }

    private func letNobodyIn(_ channel: any Channel) async throws {
        guard let socket = channel as? any SocketOptionProvider else { return }
        let drop = UnsafeMutablePointer<Instruction>.allocate(capacity: 1)
        defer { unsafe drop.deallocate() }
        unsafe drop.initialize(to: .drop)
        // The system copies the program before the option is set.
        try await socket.unsafeSetSocketOption(
            level: .socket, name: Self.attachFilter,
            value: Program(count: 1, instructions: UInt(bitPattern: drop))
        ).get()
    }
}
