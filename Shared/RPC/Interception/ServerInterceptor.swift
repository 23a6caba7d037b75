package import Wire

/// Code that runs around every handler of a server: logging, metrics, authorisation, the translation of errors.
///
/// Interceptors run in the order in which the server was given them. One may refuse the call by throwing, change
/// the reply of a method that has one, or turn one error into another. What has to see the messages of streams, or calls
/// of unknown methods, is a ``ServerCallInterceptor``.
package protocol ServerInterceptor: Sendable {
    func intercept(
        _ context: ServerContext,
        _ next: @Sendable (ServerContext) async throws -> (any Message)?
    ) async throws -> (any Message)?
}
