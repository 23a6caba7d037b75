import Glibc

/// The folder in which the sockets of this machine's processes are.
///
/// Who can enter it can call every service, so it is the owner's alone.
struct RuntimeFolder {
    private static let writableByOthers: UInt32 = 0o022

    let path: String

    /// The configured folder, or the usual one of this user.
    init(configured: String?, environment: [String: String]) {
        if let configured {
            path = configured
        } else if let runtime = environment["XDG_RUNTIME_DIR"], runtime.hasPrefix("/") {
            path = "\(runtime)/olp"
        } else {
            path = "/tmp/olp-\(getuid())"
        }
    }

    /// Endpoint of a service's socket in it.
    func endpoint(of service: String) -> String { "ipc://\(path)/\(service).rpc" }

    /// Makes the folder if it is not there, and refuses one that others can write to.
    func prepare() throws(StartFailure) {
        do throws(FileFailure) {
            try SystemFile.makeFolder(path)
            let (owner, mode) = try SystemFile.ownerAndMode(path)
            guard owner == getuid() || owner == 0, mode & Self.writableByOthers == 0 else {
                throw FileFailure(path: path, number: 0, reason: "")
            }
        } catch {
            guard error.number == 0 else {
                throw StartFailure(.cannotCreate, "cannot make the runtime folder \(error)")
            }
            throw StartFailure(
                .permission,
                "the runtime folder \(path) belongs to somebody else or others may write to it. "
                    + "Give another one with --runtime-folder, or set its mode to 700.")
        }
    }
}
