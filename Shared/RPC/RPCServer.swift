import Wire

/// Answers calls: finds the method, runs interceptors and handler, ends the call with one status. The same for every
/// transport; a transport enforces the deadline and cancels the task that runs ``serve(_:)``.
package struct RPCServer: Sendable {
    package let router: Router
    private let interceptors: [any ServerInterceptor]
    private let callInterceptors: [any ServerCallInterceptor]

    /// - Parameters:
    ///   - interceptors: round the handlers; the first is the outermost.
    ///   - callInterceptors: round all of these, before the method is looked up; the first is the outermost.
    package init(
        router: Router, interceptors: [any ServerInterceptor] = [], callInterceptors: [any ServerCallInterceptor] = []
    ) {
        self.router = router
        self.interceptors = interceptors
        self.callInterceptors = callInterceptors
    }

    /// Answers one call. Returns when the call has ended.
    package func serve(_ call: any ServerCall) async {
        await serve(call, router.registration(of: call.scope.head.method))
    }

    /// Answers one call. Returns when the call has ended.
    ///
    /// What does not wait is in functions of its own, and what does is here: an open call keeps what this function has
    /// room for, also for values that it is done with, and each level of asynchronous functions costs every call some time.
    /// - Parameter registration: what the router has for the call's method.
    package func serve(_ call: any ServerCall, _ registration: Router.Registration?) async {
        var call = call
        var scope = call.scope
        var registration = registration
        if !callInterceptors.isEmpty, !intercept(&call, &scope, &registration) { return }
        do {
            let handler = try admit(scope, registration)
            var request: Payload?
            if !handler.method.kind.hasRequestStream {
                request = try call.onlyMessage()
                if request == nil { request = try await Self.onlyMessage(of: call) }
            }
            let context = ServerContext(call, scope, handler, request: request)
            let reply = try await CallScope.$current.withValue(scope) {
                guard !interceptors.isEmpty else { return try await handler.handler(call, context) }
                return try await run(call, context, handler.handler, interceptors[...])
            }
            try Self.finish(call, context, reply)
        } catch {
            Self.finish(call, scope, error)
        }
    }

    /// Lets the call's interceptors see it.
    /// - Returns: false if one has ended it.
    @inline(never)
    private func intercept(
        _ call: inout any ServerCall, _ scope: inout CallScope, _ registration: inout Router.Registration?
    ) -> Bool {
        var head = call.head
        for interceptor in callInterceptors {
            do throws(RPCError) {
                if let interception = try interceptor.intercept(&head, registration?.method, peer: call.peer) {
                    call = InterceptedServerCall(call, interception)
                }
            } catch {
                // Those that came before it see the end.
                call.finish(error)
                return false
            }
        }
        scope = CallScope(head)
        registration = router.registration(of: head.method)
        return true
    }

    /// Ends a call that went well.
    @inline(never)
    private static func finish(_ call: any ServerCall, _ context: ServerContext, _ reply: (any Message)?) throws(RPCError) {
        let trailing = try context.trailingMetadata()
        if let reply {
            reply.withPacking { packing in call.finish(trailing: trailing, with: packing) }
        } else {
            call.finish(trailing: trailing)
        }
    }

    /// Ends a call that did not.
    @inline(never)
    private static func finish(_ call: any ServerCall, _ scope: CallScope, _ error: any Error) {
        var error = RPCError(thrownByHandler: error, isPastDeadline: scope.deadline?.hasPassed ?? false)
        // The status is what matters; metadata that nobody takes would cost it.
        if error.metadata.byteCount > Metadata.defaultLimitBytes { error.metadata = Metadata() }
        call.finish(error)
    }

    /// - Throws: why the call must not be started.
    @inline(never)
    private func admit(_ scope: CallScope, _ registration: Router.Registration?) throws(RPCError) -> Router.Registration {
        guard let registration else { throw Self.unimplemented(scope.head.method, router) }
        if let deadline = scope.deadline, deadline.hasPassed {
            throw RPCError(.deadlineExceeded, "The deadline had passed before the call was started.", isUnprocessed: true)
        }
        guard scope.head.idempotencyKey.utf8.count <= IdempotencyKey.maximumBytes else {
            throw RPCError(
                .resourceExhausted, "The idempotency key is longer than \(IdempotencyKey.maximumBytes) bytes.",
                isUnprocessed: true)
        }
        return registration
    }

    private func run(
        _ call: any ServerCall, _ context: ServerContext, _ handler: Router.Handler,
        _ remaining: ArraySlice<any ServerInterceptor>
    ) async throws -> (any Message)? {
        guard let interceptor = remaining.first else { return try await handler(call, context) }
        return try await interceptor.intercept(context) { context in
            try await run(call, context, handler, remaining.dropFirst())
        }
    }

    private static func onlyMessage(of call: any ServerCall) async throws(RPCError) -> Payload {
        guard let first = try await call.next() else {
            throw RPCError(.unimplemented, "\(call.head.method) takes one message and got none.")
        }
        guard try await call.next() == nil else {
            throw RPCError(.unimplemented, "\(call.head.method) takes one message and got more.")
        }
        return first
    }

    private static func unimplemented(_ method: String, _ router: Router) -> RPCError {
        let service = method.prefix { $0 != "/" }
        let shown = method.prefix(200)
        return router.services.contains(String(service))
            ? RPCError(.unimplemented, "This server has no method \(shown).", isUnprocessed: true)
            : RPCError(.unimplemented, "This server has no service \(service.prefix(200)).", isUnprocessed: true)
    }
}
