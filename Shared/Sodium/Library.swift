import CSodium

/// Readies libsodium once in a process. Everything here calls it first; it costs one check after that.
@inline(__always)
func requireSodium() {
    _ = libraryIsReady
}

private let libraryIsReady: Bool = {
    // 0: ready now; 1: was ready before. Negative: no source of randomness or no memory, and then
    // nothing that this process would answer could be trusted.
    guard sodium_init() >= 0 else { fatalError("libsodium cannot be started on this machine") }
    return true
}()
