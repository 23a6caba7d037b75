import RPC
import Wire
import ZeroMQ

/// What the frames of greeted clients do.
extension Listener {
    func dispatch(_ frame: IncomingFrame, _ peer: ServerPeer) {
        let header = frame.header
        switch header.kind {
        case .call: open(frame, peer)
        case .message: message(frame, peer)
        case .cancel: cancelled(peer, header.callID)
        case .credit: granted(header, peer)
        case .ping: control(FrameHeader(.pong, payloadLength: header.payloadLength), peer)
        case .goAway: lost(peer)
        case .pong, .hello, .helloAck, .headers, .end, .state: break
        }
    }

    /// The client takes more: of a call's messages, or of pieces on the connection.
    private func granted(_ header: FrameHeader, _ peer: ServerPeer) {
        guard header.callID == 0 else {
            peer.calls[header.callID]?.answer.credit.grant(Int(header.credit))
            return
        }
        peer.fragments.grant(Int(header.credit))
        sendFragments(peer)
    }

    // MARK: Messages

    private func message(_ frame: IncomingFrame, _ peer: ServerPeer) {
        let header = frame.header
        if header.flags.contains(.fragment), let piece = frame.message {
            peer.hasSeenPieces = true
            if let grant = peer.received.count(piece) {
                control(FrameHeader(.credit, credit: UInt32(clamping: grant)), peer)
            }
        }
        guard let call = peer.calls[header.callID], !call.answer.hasEnded else { return }
        guard header.sequence == call.expected else {
            return endCall(RPCError(.internal, "Frames of the call are missing."), peer, header.callID)
        }
        call.expected += 1
        do throws(RPCError) {
            if let error = Self.compressed(header) { throw error }
            if let message = try whole(frame, peer, call) { call.answer.inbox.push(message) }
        } catch {
            return endCall(error, peer, header.callID)
        }
        guard header.flags.contains(.endOfStream) else { return }
        // A handler must not take a message that broke off for a stream that ended before it.
        guard !peer.received.isReceiving(header.callID) else {
            return endCall(RPCError(.internal, "The stream ended in the middle of a message."), peer, header.callID)
        }
        call.answer.inbox.finish()
    }

    /// The frame's message, or the one whose last piece it brings.
    private func whole(
        _ frame: IncomingFrame, _ peer: ServerPeer, _ call: ServerPeer.OpenCall
    ) throws(RPCError) -> Payload? {
        let header = frame.header
        guard let message = frame.message else { return nil }
        let isReceiving = peer.received.isReceiving(header.callID)
        let isFragment = header.flags.contains(.fragment)
        guard isFragment || !isReceiving else {
            throw RPCError(.internal, "A message came in the middle of another one.")
        }
        if !isReceiving {
            guard call.answer.received(isFragment ? Int(header.totalLength) : message.count) else {
                throw RPCError(.internal, "The caller sent more than it had credit for.")
            }
            if !isFragment { try checkLength(message) }
        }
        return isFragment ? try peer.received.add(message, header) : message
    }

    private func checkLength(_ message: Payload) throws(RPCError) {
        guard message.count > limits.maximumMessageBytes else { return }
        throw RPCError(
            .resourceExhausted,
            "The message has \(message.count) bytes; at most \(limits.maximumMessageBytes) are taken.")
    }

    // MARK: Ends

    private func cancelled(_ peer: ServerPeer, _ id: UInt64) {
        guard let call = peer.calls[id] else { return }
        // An end that still waits behind its own message is of no use to anybody.
        if call.answer.hasEnded {
            forget(call, peer)
            checkQuiet()
        } else {
            endCall(RPCError(.cancelled, "The caller cancelled."), peer, id)
        }
    }

    /// Ends a call from this side: sends its status and stops its handler.
    func endCall(_ error: RPCError, _ peer: ServerPeer, _ id: UInt64) {
        guard let call = peer.calls[id] else { return }
        if call.answer.end() {
            // What waits of its messages does not matter any more.
            peer.fragments.drop(id)
            send(OutgoingFrame(ending: error), peer, call)
        }
        call.answer.stop(error)
    }

    // MARK: New calls

    private func open(_ frame: IncomingFrame, _ peer: ServerPeer) {
        let id = frame.header.callID
        guard let own else { return }
        guard id > peer.lastCallID else { return lost(peer) }
        let head: CallHead
        do throws(RPCError) {
            head = try admit(frame, peer)
        } catch {
            return reject(error, peer, id)
        }
        peer.lastCallID = id
        let deadline = head.deadline
        let answer = ZeroMQServerCall(
            head, id: id, of: peer, own, peerWindow: peer.limits.initialStreamCredit,
            ownWindow: limits.initialStreamCredit, in: crowd)
        let call = ServerPeer.OpenCall(answer)
        peer.calls[id] = call
        _ = crowd.enter()
        switch (frame.message, frame.header.flags.contains(.endOfStream)) {
        case (let message?, true): answer.inbox.finish(with: message)
        case (let message?, false): answer.inbox.push(message)
        case (nil, true): answer.inbox.finish()
        case (nil, false): break
        }
        if let deadline { arm(deadline, peer, call) }
        start(answer)
    }

    /// Ends a call that no handler is to see.
    private func reject(_ error: RPCError, _ peer: ServerPeer, _ id: UInt64) {
        var frame = OutgoingFrame(ending: error)
        frame.seal(callID: id)
        transmit(frame, peer)
    }

    /// Reads what opens a call.
    /// - Throws: the status of a call that is not to be started.
    private func admit(_ frame: IncomingFrame, _ peer: ServerPeer) throws(RPCError) -> CallHead {
        if isDraining { throw RPCError(.unavailable, "The server is shutting down.", isUnprocessed: true) }
        guard frame.header.sequence == 0 else { throw RPCError(.internal, "Frames of the call are missing.") }
        if let error = Self.compressed(frame.header) { throw error }
        guard peer.calls.count < limits.maximumConcurrentCalls else {
            throw RPCError(
                .resourceExhausted, "The connection has \(limits.maximumConcurrentCalls) open calls already.",
                isUnprocessed: true)
        }
        if let message = frame.message, message.count > limits.maximumMessageBytes {
            throw RPCError(
                .resourceExhausted,
                "The message has \(message.count) bytes; at most \(limits.maximumMessageBytes) are taken.",
                isUnprocessed: true)
        }
        do {
            var part = try frame.part(as: WireV1.Call.self)
            try age(&part, peer)
            let head = try CallHead(part)
            guard head.metadata.byteCount <= limits.maximumMetadataBytes else {
                throw RPCError(
                    .resourceExhausted, "The metadata is longer than \(limits.maximumMetadataBytes) bytes.",
                    isUnprocessed: true)
            }
            return head
        } catch let error as RPCError {
            throw error
        } catch {
            throw RPCError(.internal, "The head of the call could not be parsed: \(error)", isUnprocessed: true)
        }
    }

    /// Takes the time that the call spent in queues from what its caller gave it.
    /// - Throws: DEADLINE_EXCEEDED if nothing is left.
    private func age(_ call: inout WireV1.Call, _ peer: ServerPeer) throws(RPCError) {
        guard let sent = call.sentAtUs else { return }
        let delay = peer.delay.delay(sent: sent, received: IOThread.clock() / 1000)
        guard let timeout = call.timeoutUs else { return }
        guard delay < Int64(clamping: timeout) else {
            throw RPCError(
                .deadlineExceeded, "The call waited in queues until its deadline had passed.", isUnprocessed: true)
        }
        call.timeoutUs = timeout - UInt64(max(0, delay))
    }

    /// Refuses what this version keeps a place for and does not do.
    private static func compressed(_ header: FrameHeader) -> RPCError? {
        guard header.flags.contains(.compressed) else { return nil }
        return RPCError(.unimplemented, "This server takes no compressed messages.", isUnprocessed: true)
    }

    private func arm(_ deadline: Deadline, _ peer: ServerPeer, _ call: ServerPeer.OpenCall) {
        let id = call.id
        let timer = LoopTimer { [unowned self, unowned peer] in endCall(.deadlinePassed, peer, id) }
        call.deadline = timer
        thread.arm(timer, at: IOThread.clock() + deadline.remaining.nanoseconds)
    }

    private func start(_ call: ZeroMQServerCall) {
        let server = server
        let registration = server.router.registration(of: call.scope.head.method)
        // The call keeps the task, cancels it when the call ends early, and `stopListening` ends every call. Detached: this
        // may be a task that stands in for the I/O thread, and what is local to that is none of the handler's business.
        if registration?.isInline ?? false {
            call.run(Task.immediateDetached { await server.serve(call, registration) })
        } else {
            call.run(Task.detached { await server.serve(call, registration) })
        }
    }
}
