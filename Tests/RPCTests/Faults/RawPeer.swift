import RPC
import Synchronization
import TestSupport
import Wire
import ZeroMQ

/// A DEALER or a ROUTER that sends exactly the frames it is told to: the peer that no client and no server of ours is.
final class RawPeer: Sendable {
    private let thread = IOThread(name: "raw-peer")
    private let core: Confined<Core>
    private let log: Mutex<[RawFrame]>

    /// A client of the server at `endpoint`.
    init(connectedTo endpoint: String) throws {
        let core = try Core(.dealer)
        try core.socket.connect(Endpoint(endpoint))
        self.core = Confined(core, to: thread)
        log = Mutex([])
        begin { _ in [] }
    }

    /// A server at `endpoint`.
    /// - Parameter answer: what it sends for each frame that comes.
    init(servingAt endpoint: String, _ answer: @escaping @Sendable (RawFrame) -> [RawFrame]) throws {
        let core = try Core(.router)
        try core.socket.bind(Endpoint(endpoint))
        self.core = Confined(core, to: thread)
        log = Mutex([])
        begin(answer)
    }

    private func begin(_ answer: @escaping @Sendable (RawFrame) -> [RawFrame]) {
        core.submit { [weak self] core in
            core.answer = { frame in
                self?.log.withLock { $0.append(frame) }
                return answer(frame)
            }
            core.registration = core.descriptor.map { self?.thread.add(core, descriptor: $0) } ?? nil
            core.thread = self?.thread
        }
    }

    /// Sends, in order; what cannot be sent yet as soon as it can.
    func send(_ frames: [RawFrame]) { core.submit { $0.send(frames) } }

    /// What has come so far.
    var received: [RawFrame] { log.withLock { $0 } }

    func wait(for what: String, _ isIt: (RawFrame) -> Bool) async throws -> RawFrame {
        try await poll(for: what, timeout: .seconds(20), interval: .milliseconds(1)) { received.first(where: isIt) }
    }

    /// Says HELLO and waits for the answer.
    func greet(_ hello: RawFrame = .hello()) async throws {
        send([hello])
        _ = try await wait(for: "HELLO_ACK") { $0.header?.kind == .helloAck }
    }

    /// Closes the socket.
    func close() {
        core.submit { $0.close() }
        thread.stop()
    }

    /// The socket, on its thread.
    private final class Core: IOThread.Source {
        let socket: Socket
        let descriptor: Int32?
        let isRouter: Bool
        var registration: IOThread.Registration?
        weak var thread: IOThread?
        var answer: (RawFrame) -> [RawFrame] = { _ in [] }
        private var unsent: [(RoutingID?, RawFrame)] = []
        private lazy var retry = LoopTimer { [unowned self] in sendUnsent() }

        init(_ kind: Socket.Kind) throws {
            var options = Socket.Options()
            options.maximumMessageBytes = 64 << 20
            socket = try Socket(kind, in: .process, options: options)
            descriptor = try socket.fileDescriptor()
            isRouter = kind == .router
        }

        func send(_ frames: [RawFrame], to peer: RoutingID? = nil) {
            unsent += frames.map { (peer, $0) }
            sendUnsent()
        }

        private func sendUnsent() {
            while let (peer, raw) = unsent.first {
                let (first, second) = (Self.frame(raw.first), raw.second.map(Self.frame))
                let result = peer.map { try? socket.send(to: $0, first, second) } ?? (try? socket.send(first, second))
                if case .notNow? = result {
                    thread?.arm(retry, at: IOThread.clock() + 1_000_000)
                    break
                }
                unsent.removeFirst()
            }
            if let registration { thread?.needsDrain(registration) }
        }

        private static func frame(_ bytes: [UInt8]) -> Frame {
            let frame = Frame(byteCount: bytes.count)
            unsafe frame.mutableBytes.copyBytes(from: bytes)
            return frame
        }

        func drain() -> Bool {
            while let message = (try? socket.receiveMessage(from: isRouter)) ?? nil, let first = message.first {
                let answers = answer(RawFrame(first: Self.bytes(first), second: message.second.map(Self.bytes)))
                if !answers.isEmpty { send(answers, to: message.peer) }
            }
            return false
        }

        private static func bytes(_ frame: Frame) -> [UInt8] { unsafe Array(frame.bytes) }

        func close() {
            thread?.disarm(retry)
            registration.map { thread?.remove($0) }
            registration = nil
            answer = { _ in [] }
        }
    }
}
