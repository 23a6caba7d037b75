import Foundation

/// Which TCP ports of this machine a process has, by what Linux tells of it.
enum ProcessPorts {
    static func connected(_ process: Int32) -> Set<Int> {
        let folder = "/proc/\(process)/fd"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let sockets = Set(
            names.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") }
                .filter { $0.hasPrefix("socket:[") }.map { $0.dropFirst("socket:[".count).dropLast() })
        let lines = (try? String(contentsOfFile: "/proc/\(process)/net/tcp", encoding: .utf8))?.split(separator: "\n") ?? []
        return Set(
            lines.dropFirst().compactMap { line in
                // Number, local address, remote address, state, …; the tenth is the socket.
                let fields = line.split(separator: " ")
                guard fields.count > 9, sockets.contains(fields[9]) else { return nil }
                return fields[1].split(separator: ":").last.flatMap { Int($0, radix: 16) }
            })
    }
}
