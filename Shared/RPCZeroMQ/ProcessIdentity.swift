/// How a process introduces itself on its connections.
package struct ProcessIdentity: Hashable, Sendable {
    /// Kind of process, such as "partnership"; what handlers see as their caller.
    package let service: String
    /// Made anew at each start.
    package let instanceID: String
    /// Release, such as "0.1.0".
    package let build: String

    package init(service: String, instanceID: String, build: String) {
        self.service = service
        self.instanceID = instanceID
        self.build = build
    }
}
