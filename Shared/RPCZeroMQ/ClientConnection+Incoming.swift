import RPC
import Wire
import ZeroMQ

/// What the server's frames do.
extension ClientConnection {
    /// Takes the frames of a message.
    /// - Returns: how many.
    func accept(_ message: ReceivedMessage, from link: DealerLink) -> Int {
        heard()
        var count = 1
        do throws(FrameHeader.Problem) {
            var frame = try IncomingFrame(message)
            accept(frame)
            // What a frame does can end the connection.
            while self.link === link, let next = try frame.next() {
                frame = next
                accept(frame)
                count += 1
            }
        } catch .unknownKind(_, optional: true) {
            // Its length is not known either, which is why such frames come alone.
        } catch {
            apply(.lost(reason: "the server sent a frame that is none (\(error))"))
        }
        return count
    }

    private func accept(_ frame: IncomingFrame) {
        switch frame.header.kind {
        case .helloAck: greeted(frame)
        case .headers, .message, .end: dispatch(frame)
        case .credit: granted(frame.header)
        case .goAway: wentAway(frame)
        case .ping: control(FrameHeader(.pong, payloadLength: frame.header.payloadLength))
        case .state: serves = frame.header.status == StatusCode.ok.rawValue
        case .pong, .cancel, .hello, .call: break
        }
    }

    private func greeted(_ frame: IncomingFrame) {
        guard let hello = try? frame.part(as: WireV1.Hello.self), ProtocolVersion.isSpoken(hello) else {
            return apply(.lost(reason: "the server speaks another version of the protocol"))
        }
        greeted(
            hello.connectionLimits, serves: hello.serving, joinsFrames: hello.maxVersion >= ProtocolVersion.joinedFrames)
    }

    private func wentAway(_ frame: IncomingFrame) {
        if let code = StatusCode(rawValue: frame.header.status), code == .unimplemented {
            return apply(.lost(reason: "the server speaks another version of the protocol"))
        }
        guard let part = try? frame.part(as: WireV1.GoAway.self) else {
            return apply(.lost(reason: "the server's farewell could not be parsed"))
        }
        wentAway(lastAccepted: part.lastAccepted)
    }

    private func dispatch(_ frame: IncomingFrame) {
        let header = frame.header
        if header.flags.contains(.fragment), let piece = frame.message {
            hasSeenPieces = true
            if let grant = received.count(piece) { control(FrameHeader(.credit, credit: UInt32(clamping: grant))) }
        }
        // Frames of calls that ended here a moment ago are nothing unusual.
        guard let entry = open[header.callID] else { return }
        guard header.sequence == entry.expected else {
            return apply(.lost(reason: "frames of a call are missing"))
        }
        entry.expected += 1
        switch header.kind {
        case .headers: initialMetadata(frame, entry.call)
        case .message: message(frame, entry.call)
        default: end(frame, entry.call)
        }
    }

    private func initialMetadata(_ frame: IncomingFrame, _ call: ZeroMQClientCall) {
        guard let part = try? frame.part(as: WireV1.Headers.self), let metadata = try? Metadata(part.metadata) else {
            return fail(call, RPCError(.internal, "The server's initial metadata could not be parsed."))
        }
        call.answered(with: metadata)
    }

    private func message(_ frame: IncomingFrame, _ call: ZeroMQClientCall) {
        guard let message = frame.message else { return }
        let header = frame.header
        call.answered(with: Metadata())
        guard header.flags.contains(.fragment) else {
            guard !received.isReceiving(header.callID) else {
                return fail(call, RPCError(.internal, "A message came in the middle of another one."))
            }
            if isWithinCredit(message.count, call) { call.inbox.push(message) }
            return
        }
        do throws(RPCError) {
            guard received.isReceiving(header.callID) || isWithinCredit(Int(header.totalLength), call) else { return }
            if let whole = try received.add(message, header) { call.inbox.push(whole) }
        } catch {
            fail(call, error)
        }
    }

    /// Counts a message that begins; one that there was no credit for ends the call.
    private func isWithinCredit(_ byteCount: Int, _ call: ZeroMQClientCall) -> Bool {
        if call.received(byteCount) { return true }
        fail(call, RPCError(.internal, "The server sent more than it had credit for."))
        return false
    }

    private func end(_ frame: IncomingFrame, _ call: ZeroMQClientCall) {
        let wasCut = hasSeenPieces && received.isReceiving(frame.header.callID)
        forget(frame.header.callID)
        var part = WireV1.End()
        if frame.header.headerLength > 0 {
            guard let parsed = try? frame.part(as: WireV1.End.self) else {
                return call.end(.failure(RPCError(.internal, "The server's status could not be parsed.")))
            }
            part = parsed
        }
        // A code that this release does not know is UNKNOWN, as in gRPC.
        let code = StatusCode(rawValue: frame.header.status) ?? .unknown
        guard code == .ok else {
            return call.end(.failure(part.error(code, isUnprocessed: frame.header.flags.contains(.refused))))
        }
        guard !wasCut else {
            return call.end(.failure(RPCError(.internal, "The call ended in the middle of a message.")))
        }
        call.end(.success((try? Metadata(part.metadata)) ?? Metadata()), last: frame.message)
    }

    private func fail(_ call: ZeroMQClientCall, _ error: RPCError) {
        call.end(.failure(error), keepingMessages: false)
        abandon(call, error.code)
    }
}
