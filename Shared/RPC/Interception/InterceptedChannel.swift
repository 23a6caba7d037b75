package import Wire

/// A channel with one interceptor in front of it. Several: ``Channel/intercepted(by:)``.
package struct InterceptedChannel: Channel {
    private let inner: any Channel
    private let interceptor: any ClientInterceptor

    package init(_ inner: any Channel, _ interceptor: any ClientInterceptor) {
        self.inner = inner
        self.interceptor = interceptor
    }

    package var decodeLimits: DecodeLimits { inner.decodeLimits }

    package func makeIdempotencyKey() -> String { inner.makeIdempotencyKey() }

    package func begin(_ head: CallHead, only first: borrowing Packing) -> any ClientCall {
        var head = head
        do throws(RPCError) {
            guard let interception = try interceptor.intercept(&head) else { return inner.begin(head, only: first) }
            var call: (any ClientCall)?
            interception.send(first) { message in
                if call == nil { call = inner.begin(head, only: message) }
            }
            return InterceptedClientCall(call ?? FailedCall(Self.withheld(head.method)), interception)
        } catch {
            return FailedCall(error)
        }
    }

    package func begin(_ head: CallHead) -> any ClientCall {
        var head = head
        do throws(RPCError) {
            guard let interception = try interceptor.intercept(&head) else { return inner.begin(head) }
            return InterceptedClientCall(inner.begin(head), interception)
        } catch {
            return FailedCall(error)
        }
    }

    private static func withheld(_ method: String) -> RPCError {
        RPCError(.internal, "An interceptor withheld the only message to \(method).", isUnprocessed: true)
    }
}
