import RPC
import Synchronization
import Wire

/// What the two sides of an in-process call share.
final class InProcessExchange: Sendable {
    let scope: CallScope
    let requests = Inbox()
    let responses = Inbox()
    let requestCredit = CreditGate()
    let responseCredit = CreditGate()
    let initialMetadata = Latch<Metadata>()
    let end = Latch<Metadata>()
    private let tasks = Mutex<[Task<Void, Never>]>([])

    init(_ head: CallHead) { scope = CallScope(head) }

    /// Counts a message that the handler took.
    func tookRequest(_ message: Payload?) {
        if let message { requestCredit.grant(message.count + CreditGate.messageOverheadBytes) }
    }

    /// Counts a message that the caller took.
    func tookResponse(_ message: Payload?) {
        if let message { responseCredit.grant(message.count + CreditGate.messageOverheadBytes) }
    }

    func start(_ server: RPCServer, peer: String) {
        let call = InProcessServerCall(self, peer: peer)
        let handler = Task { await server.serve(call) }
        let expiry = scope.deadline.map { deadline in
            Task {
                // Ends early when the call does: `finish` cancels it.
                guard (try? await ContinuousClock().sleep(until: deadline.instant)) != nil else { return }
                self.finish(.failure(RPCError(.deadlineExceeded, "The deadline passed before the call was done.")))
            }
        }
        tasks.withLock { $0 = [handler] + (expiry.map { [$0] } ?? []) }
        if end.current != nil { stopTasks() }
    }

    /// Ends the call for both sides. Only the first end counts.
    func finish(_ result: Result<Metadata, RPCError>) {
        guard end.current == nil else { return }
        end.set(result)
        guard let ended = end.current else { return }
        switch ended {
        case .success:
            initialMetadata.set(.success(Metadata()))
            responses.finish()
            closeRequests(RPCError(.cancelled, "The call has ended."))
        case .failure(let error):
            initialMetadata.set(.failure(error))
            responses.fail(error, keepingMessages: error.code != .cancelled && error.code != .deadlineExceeded)
            closeRequests(error)
        }
        stopTasks()
    }

    private func closeRequests(_ error: RPCError) {
        requests.fail(error)
        requestCredit.close(error)
        responseCredit.close(error)
    }

    private func stopTasks() {
        for task in tasks.withLock({ $0 }) { task.cancel() }
    }
}
