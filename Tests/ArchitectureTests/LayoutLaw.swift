/// Laws about folders and texts rather than Swift.
enum LayoutLaw {
    static func topLevel(names: [String]) -> [Violation] {
        names
            .filter { !$0.hasPrefix(".") && !LayoutTable.ignored.contains($0) && !LayoutTable.topLevel.contains($0) }
            .map { Violation(path: $0, line: 1, message: "not a name of the agreed top level: move it below one") }
    }

    /// Every folder that is a target, and those that people start from, explains itself.
    static func readmes(files: [String]) -> [Violation] {
        let held = Set(files)
        var folders: Set = ["", "Protos/", "deploy/"]
        for file in files {
            let parts = file.split(separator: "/").map(String.init)
            if parts.count > 2, parts[0] == "Shared", !LayoutTable.withoutReadme.contains(parts[1]) {
                folders.insert("Shared/\(parts[1])/")
            }
            if parts.count > 3, parts[0] == "Services", parts[2] != "Main" {
                folders.insert("Services/\(parts[1])/\(parts[2])/")
            }
        }
        return folders.sorted().filter { !held.contains("\($0)README.md") }.map { folder in
            Violation(path: "\(folder)README.md", line: 1, message: "missing: what it owns, why, how to use it")
        }
    }

    /// Paths that exist on one machine only.
    static func machinePaths(path: String, text: String, homes: [String]) -> [Violation] {
        text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().flatMap { index, line in
            homes.filter { line.contains($0) }.map { home in
                Violation(path: path, line: index + 1, message: "\(home) is a path of one machine: find it at run time")
            }
        }
    }
}
