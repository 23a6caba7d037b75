import Foundation
import Glibc

/// The file that a process of the suite writes its log to.
package enum LogFile {
    /// A log that has grown beyond this is put aside when its process is next started by `olp up`.
    package static let rotateAbove = 16 << 20
    /// How many are kept aside: `name.log.1` is the youngest.
    package static let kept = 3

    /// Puts a large log aside.
    package static func rotate(_ path: String, above limit: Int = rotateAbove) {
        var information = stat()
        guard unsafe stat(path, &information) == 0, Int(information.st_size) > limit else { return }
        for number in (1..<kept).reversed() { unsafe rename("\(path).\(number)", "\(path).\(number + 1)") }
        unsafe rename(path, "\(path).1")
    }

    /// The last lines, as far as they lie in the last 16 KiB.
    package static func tail(_ path: String, lines: Int) -> [String] {
        guard let file = FileHandle(forReadingAtPath: path) else { return [] }
        defer { try? file.close() }
        let size = (try? file.seekToEnd()) ?? 0
        try? file.seek(toOffset: size > 16 << 10 ? size - (16 << 10) : 0)
        let text = String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
        return text.split(separator: "\n").suffix(lines).map(String.init)
    }
}
