import Foundation
import Glibc

/// The programs of a PostgreSQL server on this machine, and as whom they may run.
package struct PostgresPrograms: Sendable {
    /// The folder with `initdb`, `postgres`, `psql` and the others.
    package let folder: String
    /// Whom to become first: the server refuses to run as root. Nil: it runs as oneself.
    let account: Account?

    struct Account: Sendable {
        let user: uid_t
        let group: gid_t
    }

    /// Why a test that needs PostgreSQL cannot run here.
    package struct Missing: Error, CustomStringConvertible {
        package let description: String
    }

    /// What is there, looked for once.
    package static let found = Result<PostgresPrograms, Missing> { () throws(Missing) in try find() }

    /// Whether tests that need PostgreSQL are to run: it is there, or this is a run (`CI` is set) in which it has to
    /// be, so that they fail and are not left out. Says once on standard error, and loudly, that they are left out.
    package static let areWanted: Bool = {
        guard case .failure(let missing) = found else { return true }
        if ProcessInfo.processInfo.environment["CI"] != nil { return true }
        let text = """

            ************************************************************************
            *** NO TEST RUNS ON POSTGRESQL: \(missing.description)
            *** Half of what the stores promise is left unchecked. To check it:
            ***     apt-get install postgresql      (deploy/test does that by itself)
            ************************************************************************


            """
        FileHandle.standardError.write(Data(text.utf8))
        return false
    }()

    /// What to write where a test is left out for want of it.

    private static func find() throws(Missing) -> PostgresPrograms {
        guard let folder = folders().first(where: holdsServer) else {
            throw Missing(description: "there is no `postgres` in /usr/lib/postgresql/*/bin, nor in PATH")
        }
        guard getuid() == 0 else { return PostgresPrograms(folder: folder, account: nil) }
        guard let entry = unsafe getpwnam("postgres") else {
            throw Missing(description: "root may not run the server, and there is no user `postgres` to do it")
        }
        let account = unsafe Account(user: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
        return PostgresPrograms(folder: folder, account: account)
    }

    /// Where Debian keeps them, the latest release first; then those of PATH.
    private static func folders() -> [String] {
        let top = "/usr/lib/postgresql"
        let releases = (try? FileManager.default.contentsOfDirectory(atPath: top)) ?? []
        let latestFirst = releases.sorted { (Double($0) ?? 0) > (Double($1) ?? 0) }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return latestFirst.map { "\(top)/\($0)/bin" } + path.split(separator: ":").map(String.init)
    }

    private static func holdsServer(_ folder: String) -> Bool {
        ["initdb", "postgres", "psql", "pg_basebackup"].allSatisfy {
            FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)")
        }
    }

    /// What to start for a program of the server, run by whom it may be.
    func command(_ name: String, _ arguments: [String]) -> (executable: String, arguments: [String]) {
        let program = "\(folder)/\(name)"
        guard let account else { return (program, arguments) }
        // Unlike `runuser` and `su` it becomes the program and stays not behind as its parent: the process that is
        // started is the server itself. Who changes its user loses its bond to the parent, so that is made anew.
        let become = ["setpriv", "--reuid=\(account.user)", "--regid=\(account.group)", "--init-groups",
                      "--pdeathsig", "QUIT", "--", program]
        return ("/usr/bin/env", become + arguments)
    }
}
