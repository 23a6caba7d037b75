import RPC
import Synchronization
import Wire
import ZeroMQ

/// A call over a ZeroMQ connection: what its caller and its place on the connection share.
///
/// One object with everything in it, because it is made for every call.
final class ZeroMQClientCall: ClientCall {
    private let core: Confined<ChannelCore>
    private let crowd: Crowd
    /// Zero until a connection gave it one.
    private let number = Atomic<UInt64>(0)
    private let place = Atomic<UInt64>(0)
    /// Closed until a connection has the call: only then it is known what its server takes.
    private let credit = CreditGate(window: 0)
    let inbox = Inbox()
    private let initial = Mutex(InitialMetadata())
    private let trailing = Mutex(Metadata())
    private let window: Mutex<ReceiveWindow>
    private let ended = Atomic<Bool>(false)

    /// The server's initial metadata, and whoever waits for it: few do, so what they wait with is made for them only.
    private struct InitialMetadata {
        var known: Result<Metadata, RPCError>?
        var latch: Latch<Metadata>?
    }

    /// - Parameters:
    ///   - crowd: which the call has entered, and leaves when it ends.
    ///   - window: bytes of the answer that are taken before more is granted.
    init(_ core: Confined<ChannelCore>, in crowd: Crowd, window: Int) {
        self.core = core
        self.crowd = crowd
        self.window = Mutex(ReceiveWindow(window: window))
    }

    // MARK: For the connection

    var hasEnded: Bool { ended.load(ordering: .acquiring) }

    /// The call's id on its connection; zero until it has one.
    var id: UInt64 { number.load(ordering: .relaxed) }

    /// A connection has the call.
    /// - Parameter credit: bytes that its server takes before it grants more.
    func launched(as id: UInt64, on replica: UInt64, credit bytes: Int) {
        place.store(replica, ordering: .relaxed)
        number.store(id, ordering: .relaxed)
        credit.grant(bytes)
    }

    func grant(_ byteCount: Int) { credit.grant(byteCount) }

    /// Ends the call for the caller; only the first end counts. Messages that came before a status of the server are still
    /// read.
    func end(_ result: Result<Metadata, RPCError>, last: Payload? = nil, keepingMessages: Bool = true) {
        guard !ended.exchange(true, ordering: .acquiringAndReleasing) else { return }
        crowd.leave()
        switch result {
        case .success(let metadata):
            if !metadata.isEmpty { trailing.withLock { $0 = metadata } }
            know(.success(Metadata()))
            credit.close(.endedByServer)
            if let last { inbox.finish(with: last) } else { inbox.finish() }
        case .failure(let error):
            know(.failure(error))
            credit.close(error)
            inbox.fail(error, keepingMessages: keepingMessages)
        }
    }

    /// The server's initial metadata has come, or a message and with it that there is none.
    func answered(with metadata: Metadata) { know(.success(metadata)) }

    private func know(_ metadata: Result<Metadata, RPCError>) {
        let latch = initial.withLock { initial in
            if initial.known == nil { initial.known = metadata }
            return initial.latch.take()
        }
        latch?.set(metadata)
    }

    /// Counts a message of the stream; false if the server had no credit for it.
    func received(_ byteCount: Int) -> Bool { window.withLock { $0.received(byteCount) } }

    // MARK: For the caller

    func readyToSend() async throws(RPCError) { try await credit.acquire() }

    func send(_ message: borrowing Packing) {
        credit.spend(message.byteCount)
        let frame = OutgoingFrame(FrameHeader(.message), part: WireV1.Call?.none, message: message)
        core.perform { $0.send(frame, on: self) }
    }

    func halfClose() {
        let frame = OutgoingFrame(FrameHeader(.message, flags: .endOfStream))
        core.perform { $0.send(frame, on: self) }
    }

    func next() async throws(RPCError) -> Payload? {
        do throws(RPCError) {
            let message = try await inbox.next()
            if let message { took(message) }
            return message
        } catch {
            // A cancelled task cancels its call; an end that came from elsewhere makes this a no-op.
            if error.code == .cancelled { cancel() }
            throw error
        }
    }

    func reply() async throws(RPCError) -> Payload {
        // Nearly every answer comes with its end, so that there is nothing to count and nothing to wait for twice.
        await inbox.waitForChange()
        if let only = inbox.takeOnly() { return only }
        return try await messageBeforeEnd()
    }

    func nextArrived() -> Payload? {
        let message = inbox.nextArrived()
        if let message { took(message) }
        return message
    }

    /// Counts a message that the caller took, and grants more when it is time to.
    private func took(_ message: Payload) {
        guard !hasEnded, let grant = window.withLock({ $0.took(message.count) }) else { return }
        core.submit { $0.grant(grant, on: self) }
    }

    func initialMetadata() async throws(RPCError) -> Metadata {
        let (known, latch) = initial.withLock { initial -> (Result<Metadata, RPCError>?, Latch<Metadata>) in
            let latch = initial.latch ?? Latch()
            if initial.known == nil { initial.latch = latch }
            return (initial.known, latch)
        }
        if let known { return try known.get() }
        return try await latch.wait()
    }

    var trailingMetadata: Metadata { trailing.withLock { $0 } }

    var hasAnswered: Bool {
        if case .success? = initial.withLock({ $0.known }) { true } else { false }
    }

    /// By its number in this process; nil: none has the call yet.
    var replica: UInt64? {
        let number = place.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }

    func cancel() {
        guard !hasEnded else { return }
        end(.failure(RPCError(.cancelled, "The call was cancelled by its own side.")), keepingMessages: false)
        core.perform { $0.abandon(self, .cancelled) }
    }
}

extension CreditGate.Closing {
    /// What a writer gets whose call has ended well.
    fileprivate static let endedByServer = CreditGate.Closing(RPCError(.cancelled, "The server has ended the call."))
}
