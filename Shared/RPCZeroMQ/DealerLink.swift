import Synchronization
import ZeroMQ

/// One DEALER with its monitor: what a connection has while it dials or is up. Never used twice.
final class DealerLink {
    private let socket: Socket
    private let monitor: SocketMonitor
    private let watcher: MonitorSource
    private let thread: IOThread
    private let descriptor: Int32
    private let monitorDescriptor: Int32
    private var isClosed = false

    private static let counter = Atomic<Int>(0)

    init(
        to endpoint: Endpoint, thread: IOThread, context: Context, limits: ConnectionLimits, owner: ClientConnection
    ) throws(ZeroMQError) {
        var options = Socket.Options()
        options.maximumMessageBytes = limits.maximumFrameBytes
        let socket = try Socket(.dealer, in: context, options: options)
        let number = Self.counter.add(1, ordering: .relaxed).newValue
        let monitor = try SocketMonitor(socket, in: context, name: "dealer-monitor-\(number)")
        descriptor = try socket.fileDescriptor()
        monitorDescriptor = try monitor.fileDescriptor()
        try socket.connect(endpoint)
        self.socket = socket
        self.monitor = monitor
        self.thread = thread
        watcher = MonitorSource()
        watcher.link = self
        watcher.owner = owner
        thread.add(watcher, descriptor: monitorDescriptor)
        thread.add(owner, descriptor: descriptor)
    }

    func send(_ frame: OutgoingFrame) throws(ZeroMQError) -> Socket.SendResult {
        thread.sent(descriptor: descriptor)
        return try socket.send(frame.first, frame.second)
    }

    func receive() throws(ZeroMQError) -> ReceivedMessage? { try socket.receiveMessage(from: false) }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        watcher.link = nil
        socket.stopMonitor()
        thread.remove(descriptor: monitorDescriptor)
        thread.remove(descriptor: descriptor)
    }

    /// Reads the monitor and tells the connection.
    private final class MonitorSource: IOThread.Source {
        weak var link: DealerLink?
        weak var owner: ClientConnection?

        func drain() -> Bool {
            while let link, let event = try? link.monitor.next() { owner?.monitorSaid(event) }
            return false
        }
    }
}
