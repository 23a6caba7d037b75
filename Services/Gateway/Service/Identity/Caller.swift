/// Who makes a request, as the services' history will name it.
package struct Caller: Hashable, Sendable {
    /// Stable, and no secret.
    let id: String
    /// How it was identified.
    let kind: String
}
