package import Wire

/// Calls for those who have the bytes of messages, not their types: the gateway and the operator's command.
extension Channel {
    /// Calls a unary method with a serialised request.
    /// - Returns: the serialised reply.
    package func rawUnary(
        _ method: MethodDescriptor, _ request: [UInt8], _ options: CallOptions = CallOptions()
    ) async throws(RPCError) -> [UInt8] {
        let reply: RawMessage = try await unary(method, RawMessage(bytes: request), options)
        return reply.bytes
    }

    /// Calls a server-streaming method with a serialised request.
    package func rawServerStreaming(
        _ method: MethodDescriptor, _ request: [UInt8], _ options: CallOptions = CallOptions()
    ) -> ResponseStream<RawMessage> {
        serverStreaming(method, RawMessage(bytes: request), options)
    }
}
