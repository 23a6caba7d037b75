import Glibc
import ServiceKit
package import Values
import ZeroMQ

/// A folder of keys: a secret file for each name, which only its owner may read, and the lists of public ones.
///
/// Files appear and change in one step; whatever happens in between, a process that starts finds a key that the list has.
package struct KeyFolder: Sendable {
    /// Absolute.
    package let path: String
    private let ownerID: UInt32
    /// For the comment behind a new key.
    private let today: CalendarDate

    package init(path: String, ownerID: UInt32, today: CalendarDate) {
        self.path = path
        self.ownerID = ownerID
        self.today = today
    }

    /// A key in a list.
    package struct Entry: Codable, Hashable, Sendable {
        package enum State: String, Codable, Sendable {
            /// The secret file here has it.
            case inUse
            /// The secret file here has another one by now.
            case old
            /// There is no secret file of the name here.
            case publicOnly
        }

        package let name: String
        package let kind: KeyKind
        package let key: String
        package let state: State
    }

    /// Makes a name's first key.
    /// - Returns: the public half.
    package func make(_ name: String, _ kind: KeyKind) throws(Failure) -> String {
        try Self.check(name)
        return try locked { () throws(Failure) in
            var list = try readList(kind)
            guard try publicKey(name, kind) == nil else {
                throw Failure(
                    .failure, "\(secretPath(name, kind)) is there already",
                    advice: "For a new key in its place: olp keys rotate \(name)\(kind.flag)")
            }
            guard list.keys(of: name).isEmpty else {
                throw Failure(
                    .failure, "\(listPath(kind)) has a key of \(name), whose secret half is not here",
                    advice: "If it is lost: olp keys rotate \(name)\(kind.flag)")
            }
            return try addKey(name, kind, &list)
        }
    }

    /// Makes a name's next key. The old public ones stay on the list.
    package func rotate(_ name: String, _ kind: KeyKind) throws(Failure) -> String {
        try Self.check(name)
        return try locked { () throws(Failure) in
            var list = try readList(kind)
            let current = try publicKey(name, kind)
            guard current != nil || !list.keys(of: name).isEmpty else { throw unknown(name, kind) }
            return try addKey(name, kind, &list)
        }
    }

    /// Takes all public keys of a name off the list but for the one in use.
    /// - Returns: how many.
    package func retire(_ name: String, _ kind: KeyKind) throws(Failure) -> Int {
        try Self.check(name)
        return try locked { () throws(Failure) in
            var list = try readList(kind)
            guard let current = try publicKey(name, kind) else { throw unknown(name, kind) }
            guard list.keys(of: name).contains(current) else {
                throw Failure(
                    .failure, "\(listPath(kind)) does not have the key of \(secretPath(name, kind))",
                    advice: "Add the line: \(name) \(current)")
            }
            let count = list.removeAll(of: name, but: current)
            if count > 0 { try write(list, kind) }
            return count
        }
    }

    /// All public keys, list by list.
    package func entries() throws(Failure) -> [Entry] {
        var all: [Entry] = []
        for kind in KeyKind.allCases {
            for (name, key) in try readList(kind).entries {
                let current = try publicKey(name, kind)
                let state: Entry.State = current.map { $0 == key ? .inUse : .old } ?? .publicOnly
                all.append(Entry(name: name, kind: kind, key: key, state: state))
            }
        }
        return all
    }

    package func secretPath(_ name: String, _ kind: KeyKind) -> String { "\(path)/\(kind.secretName(name))" }
    package func listPath(_ kind: KeyKind) -> String { "\(path)/\(kind.listName)" }

    // MARK: Steps

    /// The list comes first: a secret key whose public half nobody knows would lock its process out.
    private func addKey(_ name: String, _ kind: KeyKind, _ list: inout KeyLines) throws(Failure) -> String {
        let (file, key) = kind.make(name)
        list.append(name, key, comment: today.isoText)
        try write(list, kind)
        try replace(secretPath(name, kind), file, mode: 0o600)
        return key
    }

    private func write(_ list: KeyLines, _ kind: KeyKind) throws(Failure) {
        try kind.check(list: list.text)
        try replace(listPath(kind), list.text, mode: 0o644)
    }

    private func readList(_ kind: KeyKind) throws(Failure) -> KeyLines {
        do throws(FileFailure) {
            let bytes = try SystemFile.read(listPath(kind), limit: KeyListFile.maximumBytes)
            let text = String(decoding: bytes, as: UTF8.self)
            return KeyLines(text)
        } catch {
            guard error.isMissing else { throw Failure(.failure, "cannot read \(error)") }
            return KeyLines("")
        }
    }

    /// The public half of a name's secret file; nil if there is none.
    private func publicKey(_ name: String, _ kind: KeyKind) throws(Failure) -> String? {
        let path = secretPath(name, kind)
        guard unsafe access(path, F_OK) == 0 else { return nil }
        do throws(StartFailure) {
            return try kind.publicKey(ofFile: path, ownerID: ownerID)
        } catch {
            throw Failure(.failure, "\(error)")
        }
    }

    /// One command at a time: two would each write a list without the other's key.
    private func locked<R>(_ body: () throws(Failure) -> R) throws(Failure) -> R {
        do throws(FileFailure) {
            try SystemFile.makeFolder(path)
        } catch {
            throw Failure(.failure, "cannot make the folder \(error)", advice: "Choose another one with --folder DIR.")
        }
        guard let lock = try SuiteLock("\(path)/.lock") else {
            throw Failure(.failure, "another `olp keys` works in \(path)", advice: "Wait for it, and try again.")
        }
        defer { withExtendedLifetime(lock) {} }
        return try body()
    }

    /// Puts a file in the place of the one that may be there, in one step, and on the disk before it returns.
    private func replace(_ path: String, _ text: String, mode: mode_t) throws(Failure) {
        let new = "\(path).new"
        // Left over from a command that was killed; nobody else is here.
        unsafe unlink(new)
        do throws(FileFailure) {
            try SystemFile.create(new, Array(text.utf8))
        } catch {
            throw Failure(.failure, "cannot write \(error)")
        }
        guard unsafe chmod(new, mode) == 0, unsafe rename(new, path) == 0 else {
            let reason = unsafe String(cString: strerror(errno))
            unsafe unlink(new)
            throw Failure(.failure, "cannot write \(path): \(reason)")
        }
        let folder = unsafe open(self.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    private func unknown(_ name: String, _ kind: KeyKind) -> Failure {
        Failure(.failure, "there is no key of \(name) in \(path)", advice: "Make one: olp keys make \(name)\(kind.flag)")
    }

    private static func check(_ name: String) throws(Failure) {
        guard KeyList.isName(name) else {
            throw Failure(
                .usage, "\"\(name)\" is no name for a key",
                advice: "It has letters, digits, \".\", \"_\" and \"-\", begins with a letter or digit, and has at most "
                    + "\(KeyList.maximumNameLength) of them.")
        }
    }
}
