import RPC
import Wire

final class InProcessClientCall: ClientCall {
    private let exchange: InProcessExchange

    init(_ exchange: InProcessExchange) { self.exchange = exchange }

    func readyToSend() async throws(RPCError) { try await exchange.requestCredit.acquire() }

    func send(_ message: borrowing Packing) {
        exchange.requestCredit.spend(message.byteCount)
        exchange.requests.push(Payload(copying: message))
    }

    func halfClose() { exchange.requests.finish() }

    func next() async throws(RPCError) -> Payload? {
        do throws(RPCError) {
            let message = try await exchange.responses.next()
            exchange.tookResponse(message)
            return message
        } catch {
            if error.code == .cancelled { cancel() }
            throw error
        }
    }

    func nextArrived() -> Payload? {
        let message = exchange.responses.nextArrived()
        exchange.tookResponse(message)
        return message
    }

    func initialMetadata() async throws(RPCError) -> Metadata { try await exchange.initialMetadata.wait() }

    var trailingMetadata: Metadata { (try? exchange.end.current?.get()) ?? Metadata() }

    var hasAnswered: Bool {
        if case .success? = exchange.initialMetadata.current { true } else { false }
    }

    var replica: UInt64? { nil }

    func cancel() { exchange.finish(.failure(RPCError(.cancelled, "The call was cancelled by its own side."))) }
}

final class InProcessServerCall: ServerCall {
    private let exchange: InProcessExchange
    let peer: String

    init(_ exchange: InProcessExchange, peer: String) {
        self.exchange = exchange
        self.peer = peer
    }

    var scope: CallScope { exchange.scope }

    func next() async throws(RPCError) -> Payload? {
        let message = try await exchange.requests.next()
        exchange.tookRequest(message)
        return message
    }

    func sendInitialMetadata(_ metadata: Metadata) { exchange.initialMetadata.set(.success(metadata)) }

    func readyToSend() async throws(RPCError) { try await exchange.responseCredit.acquire() }

    func send(_ message: borrowing Packing) {
        exchange.initialMetadata.set(.success(Metadata()))
        exchange.responseCredit.spend(message.byteCount)
        exchange.responses.push(Payload(copying: message))
    }

    func finish(trailing: Metadata) { exchange.finish(.success(trailing)) }

    func finish(trailing: Metadata, with message: borrowing Packing) {
        exchange.responses.push(Payload(copying: message))
        exchange.finish(.success(trailing))
    }

    func finish(_ error: RPCError) { exchange.finish(.failure(error)) }
}
