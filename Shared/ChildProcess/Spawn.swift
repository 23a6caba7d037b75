import CSpawn
import Glibc

/// Opens the streams, calls `olp_spawn`, closes them again.
func spawn(_ launch: Launch) -> Result<Int32, LaunchError> {
    func failure(_ number: Int32, _ what: String? = nil) -> LaunchError {
        let text = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
        return LaunchError(executable: launch.executable, reason: what.map { "\($0): \(text)" } ?? text)
    }
    var opened: [Int32] = []
    defer { for descriptor in opened { close(descriptor) } }

    func descriptor(_ stream: Launch.Stream, inherited: Int32) -> Result<Int32, LaunchError> {
        let path: String
        let flags: Int32
        switch stream {
        case .inherit: return .success(inherited)
        case .discard: (path, flags) = ("/dev/null", O_WRONLY | O_CLOEXEC)
        case .append(let file): (path, flags) = (file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC)
        }
        let descriptor = unsafe open(path, flags, 0o600)
        guard descriptor >= 0 else { return .failure(failure(errno, path)) }
        opened.append(descriptor)
        return .success(descriptor)
    }

    let input = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { return .failure(failure(errno, "/dev/null")) }
    opened.append(input)
    let output: Int32
    let error: Int32
    do {
        output = try descriptor(launch.output, inherited: STDOUT_FILENO).get()
        error =
            launch.error == launch.output
            ? output
            : try descriptor(launch.error, inherited: STDERR_FILENO).get()
    } catch {
        return .failure(error)
    }

    let environment = launch.environment.map { "\($0.key)=\($0.value)" }.sorted()
    let pid = unsafe withCStrings([launch.executable] + launch.arguments) { arguments in
        unsafe withCStrings(environment) { environment in
            unsafe launch.executable.withCString { path in
                unsafe withOptionalCString(launch.directory) { directory in
                    var request = unsafe olp_spawn_request(
                        path: path, arguments: arguments, environment: environment, directory: directory,
                        input: input, output: output, error: error,
                        new_session: launch.bond == .ownSession ? 1 : 0,
                        new_group: launch.bond == .ownGroup ? 1 : 0,
                        signal_with_parent: launch.signalWithParent ?? 0)
                    return unsafe olp_spawn(&request)
                }
            }
        }
    }
    return pid > 0 ? .success(pid) : .failure(failure(-pid))
}

private func withOptionalCString<R>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> R) -> R {
    guard let text else { return body(nil) }
    return unsafe text.withCString { unsafe body($0) }
}

/// Lends the strings as C's array that ends with NULL.
private func withCStrings<R>(_ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> R) -> R {
    var pointers: [UnsafeMutablePointer<CChar>?] = unsafe strings.map { unsafe strdup($0) } + [nil]
    defer { unsafe pointers.forEach { unsafe free($0) } }
    return unsafe pointers.withUnsafeMutableBufferPointer { buffer in
        unsafe body(UnsafePointer(buffer.baseAddress.unsafelyUnwrapped))
    }
}

/// Runs `body` on a thread of its own, which ends with it.
func startThread(_ body: @escaping @Sendable () -> Void) {
    let box = unsafe Unmanaged.passRetained(ThreadBody(body)).toOpaque()
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let failed = unsafe pthread_create(
        &thread, &attributes,
        { argument in
            if let argument = unsafe argument {
                unsafe Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
            }
            return nil
        }, box)
    unsafe pthread_attr_destroy(&attributes)
    precondition(failed == 0, "the system gives no more threads (pthread_create: \(failed))")
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}
