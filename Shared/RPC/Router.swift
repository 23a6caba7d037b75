package import Wire

/// The methods that a server has, by full name.
package struct Router: Sendable {
    /// Reads the request, runs the handler, and returns the reply of a method that has one.
    typealias Handler = @Sendable (any ServerCall, ServerContext) async throws -> (any Message)?

    /// A method and what answers it. A class, because every call passes it on.
    package final class Registration: Sendable {
        let method: MethodDescriptor
        let handler: Handler
        /// The handler computes briefly and may start on the transport's own thread.
        package let isInline: Bool

        init(_ method: MethodDescriptor, isInline: Bool, _ handler: @escaping Handler) {
            self.method = method
            self.handler = handler
            self.isInline = isInline
        }
    }

    private var registrations: [String: Registration] = [:]
    private var inlineMethods: Set<String> = []
    /// What a received message may cost.
    package var decodeLimits = DecodeLimits.default

    package init() {}

    /// Full names of the services, sorted.
    package var services: [String] { Set(registrations.values.map(\.method.service)).sorted() }

    package var methods: [MethodDescriptor] {
        registrations.values.map(\.method).sorted { $0.fullName < $1.fullName }
    }

    /// Lets the handler of `method` start on the transport's thread. Only for handlers that return in microseconds:
    /// everything else that the process sends and receives waits for it.
    package mutating func runInline(_ method: MethodDescriptor) {
        inlineMethods.insert(method.fullName)
        guard let known = registrations[method.fullName] else { return }
        registrations[method.fullName] = Registration(known.method, isInline: true, known.handler)
    }

    /// Who answers a method; nil: nobody here.
    /// - Parameter method: its full name.
    package func registration(of method: String) -> Registration? { registrations[method] }

    package mutating func unary<Request: Message, Reply: Message>(
        _ method: MethodDescriptor,
        _ handler: @escaping @Sendable (Request, ServerContext) async throws -> Reply
    ) {
        let limits = decodeLimits
        add(method) { _, context in try await handler(try Self.request(context, limits), context) }
    }

    package mutating func serverStreaming<Request: Message, Reply: Message>(
        _ method: MethodDescriptor,
        _ handler: @escaping @Sendable (Request, ResponseWriter<Reply>, ServerContext) async throws -> Void
    ) {
        let limits = decodeLimits
        add(method) { call, context in
            try await handler(try Self.request(context, limits), ResponseWriter(call), context)
            return nil
        }
    }

    package mutating func clientStreaming<Request: Message, Reply: Message>(
        _ method: MethodDescriptor,
        _ handler: @escaping @Sendable (RequestStream<Request>, ServerContext) async throws -> Reply
    ) {
        let limits = decodeLimits
        add(method) { call, context in try await handler(RequestStream(call, limits), context) }
    }

    package mutating func bidirectional<Request: Message, Reply: Message>(
        _ method: MethodDescriptor,
        _ handler: @escaping @Sendable (RequestStream<Request>, ResponseWriter<Reply>, ServerContext) async throws -> Void
    ) {
        let limits = decodeLimits
        add(method) { call, context in
            try await handler(RequestStream(call, limits), ResponseWriter(call), context)
            return nil
        }
    }

    private mutating func add(_ method: MethodDescriptor, _ handler: @escaping Handler) {
        precondition(registrations[method.fullName] == nil, "\(method) has two handlers")
        registrations[method.fullName] = Registration(
            method, isInline: inlineMethods.contains(method.fullName), handler)
    }

    private static func request<Request: Message>(
        _ context: ServerContext, _ limits: DecodeLimits
    ) throws(RPCError) -> Request {
        guard let payload = context.requestPayload else {
            throw RPCError(.unimplemented, "\(context.method) takes one message and got none.")
        }
        return try payload.decoded(limits: limits, as: "request to \(context.method)")
    }
}
