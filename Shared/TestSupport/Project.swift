import Foundation

/// Where things are: the project's folder and what was built from it.
package enum Project {
    /// The folder with Package.swift.
    package static let root: String = {
        var folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        while folder.path != "/" {
            if FileManager.default.fileExists(atPath: folder.appendingPathComponent("Package.swift").path) { break }
            folder.deleteLastPathComponent()
        }
        return folder.path
    }()

    /// The folder with the executables of the build that these tests belong to.
    package static let products: String = {
        if let folder = ProcessInfo.processInfo.environment["OLP_TEST_PRODUCTS"] { return folder }
        let program =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: program).deletingLastPathComponent().path
    }()

    /// Path of a built executable; throws with the command to build it if it is not there.
    package static func executable(_ name: String) throws -> String {
        let path = "\(products)/\(name)"
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw MissingExecutable(description: "\(path) is not built. Run: swift build --product \(name)")
        }
        return path
    }

    /// Files below a folder of the project, as sorted paths from its root. Hidden entries are left out.
    package static func files(in folder: String = "") -> [String] {
        let top = folder.isEmpty ? root : "\(root)/\(folder)"
        guard let walk = FileManager.default.enumerator(atPath: top) else { return [] }
        var found: [String] = []
        for case let path as String in walk {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            if name.hasPrefix(".") {
                walk.skipDescendants()
                continue
            }
            var isFolder: ObjCBool = false
            guard unsafe FileManager.default.fileExists(atPath: "\(top)/\(path)", isDirectory: &isFolder),
                !isFolder.boolValue
            else { continue }
            found.append(folder.isEmpty ? path : "\(folder)/\(path)")
        }
        return found.sorted()
    }

    package static func read(_ path: String) throws -> String {
        try String(decoding: Data(contentsOf: URL(fileURLWithPath: "\(root)/\(path)")), as: UTF8.self)
    }

    package struct MissingExecutable: Error, CustomStringConvertible {
        package let description: String
    }
}
