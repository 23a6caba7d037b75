import ChildProcess
import Foundation
import Glibc
import ServiceKit

/// Copies stores by the programs that know their tables, one after the other.
struct StoreCopier {
    /// What became of one store.
    struct Copied: Codable {
        struct Table: Codable {
            var name: String
            var rows: Int64
            /// SHA-256 of the rows, the same at both places.
            var checksum: String
        }

        var service: String
        var tables: [Table]

        var line: String {
            let rows = tables.reduce(0) { $0 + $1.rows }
            return "\(service): \(tables.count) tables, \(Figures.grouped(rows)) rows, the same at both places"
        }
    }

    /// Between two looks at what the program has said.
    private static let lookInterval = Duration.milliseconds(200)

    let folder: SuiteFolder
    let database: SuiteDatabase
    /// From the database into files.
    let isBack: Bool
    let executables: String
    let console: Console

    /// Nil if there is no file to copy.
    func copy(_ service: String, _ environment: [String: String]) async throws -> Copied? {
        let file = folder.store(service)
        guard isBack || FileManager.default.fileExists(atPath: file) else { return nil }
        let said = "\(folder.path)/store-copy-\(service).txt"
        try? FileManager.default.removeItem(atPath: said)
        defer { try? FileManager.default.removeItem(atPath: said) }
        // In the environment, for an address may hold a password.
        var environment = environment
        environment[SuiteDatabase.variable] = nil
        let rows = database.store(of: service)
        environment[CommonKeys.store.variable(of: service)] = isBack ? rows : file
        environment[CommonKeys.copyStoreTo.variable(of: service)] = isBack ? file : rows
        let process: RunningProcess
        do throws(LaunchError) {
            process = try await RunningProcess.start(
                Launch(
                    "\(executables)/\(SuitePlan.executableName(service))", arguments: ["--log-level", "warning"],
                    environment: environment, output: .append(to: said), signalWithParent: SIGTERM))
        } catch {
            throw Failure(.failure, error.description, advice: "Name the folder of the services' programs: --bin DIR")
        }
        let status = await withTaskCancellationHandler {
            await watch(process, service, said)
        } onCancel: {
            process.send(signal: SIGTERM)
        }
        try Task.checkCancellation()
        guard status?.isSuccess == true else {
            throw Failure(.failure, "the store of \(service) was not copied; nothing of it is there", advice: "What it said stands above.")
        }
        return Copied(service: service, tables: Self.lines(said).compactMap { line in
            guard case .copied(let table, let rows, let checksum) = line else { return nil }
            return Copied.Table(name: table, rows: rows, checksum: checksum)
        })
    }

    private func watch(_ process: RunningProcess, _ service: String, _ said: String) async -> ExitStatus? {
        let progress = ProgressLine(console)
        defer { progress.end() }
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    if case .copying(let table, let rows, let done, let tables) = Self.lines(said).last {
                        progress.show(
                            service, done: done, of: tables, after: "\(table), \(Figures.grouped(rows)) rows")
                    }
                    try? await Task.sleep(for: Self.lookInterval)
                }
            }
            let status = await process.ended()
            group.cancelAll()
            return status
        }
    }

    private static func lines(_ path: String) -> [StoreCopyLine] {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { StoreCopyLine($0) }
    }
}
