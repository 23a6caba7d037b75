import Synchronization
import ZeroMQ

/// One DEALER with its monitor: what a connection has while it dials or is up. Never used twice.
final class DealerLink {
    private let socket: Socket
    private let monitor: SocketMonitor
    private let watcher: MonitorSource
    private let thread: IOThread
    private var registration: IOThread.Registration?
    private var monitorRegistration: IOThread.Registration?
    private var isClosed = false

    private static let counter = Atomic<Int>(0)

    init(
        to endpoint: Endpoint, thread: IOThread, context: Context, limits: ConnectionLimits, security: DialSecurity,
        owner: ClientConnection
    ) throws(ZeroMQError) {
        var options = Socket.Options()
        options.maximumMessageBytes = limits.maximumFrameBytes
        options.linger = ConnectionLimits.goodbyeLinger
        options.security = try security.next()
        let socket = try Socket(.dealer, in: context, options: options)
        let number = Self.counter.add(1, ordering: .relaxed).newValue
        let monitor = try SocketMonitor(socket, in: context, name: "dealer-monitor-\(number)")
        let descriptor = try socket.fileDescriptor()
        let monitorDescriptor = try monitor.fileDescriptor()
        try socket.connect(endpoint)
        self.socket = socket
        self.monitor = monitor
        self.thread = thread
        watcher = MonitorSource(security)
        watcher.link = self
        watcher.owner = owner
        monitorRegistration = thread.add(watcher, descriptor: monitorDescriptor)
        registration = thread.add(owner, descriptor: descriptor)
    }

    func send(_ first: Frame, _ second: Frame?) throws(ZeroMQError) -> Socket.SendResult {
        let result = try socket.send(first, second)
        if let registration {
            result == .notNow ? thread.needsDrainSoon(registration) : thread.needsDrain(registration)
        }
        return result
    }

    /// Lets the connection hand over its frames at the end of this turn.
    func flushLater() { registration.map(thread.needsFlush) }

    func receive() throws(ZeroMQError) -> ReceivedMessage? { try socket.receiveMessage(from: false) }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        watcher.link = nil
        socket.stopMonitor()
        monitorRegistration.map(thread.remove)
        registration.map(thread.remove)
    }

    /// Reads the monitor and tells the connection.
    private final class MonitorSource: IOThread.Source {
        weak var link: DealerLink?
        weak var owner: ClientConnection?
        private let security: DialSecurity

        init(_ security: DialSecurity) { self.security = security }

        func drain() -> Bool {
            while let link, let event = try? link.monitor.next() {
                if event == .connected { security.succeeded() }
                owner?.monitorSaid(event)
            }
            return false
        }
    }
}
