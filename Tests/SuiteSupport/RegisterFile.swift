import Foundation
import TestSupport

/// A register file of any size, made from the sample's.
package enum RegisterFile {
    /// The sample's establishments again and again, each with a URN of its own. Every row is a line.
    package static func establishments(rows: Int) throws -> [UInt8] {
        let path = "\(Project.root)/deploy/sample/edubasealldata.csv"
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
        // A row that goes over lines begins with no number, or leaves a quotation mark open.
        let usable = lines.dropFirst().filter { line in
            (line.first.map { (0x30...0x39).contains($0) } ?? false) && line.count { $0 == UInt8(ascii: "\"") } % 2 == 0
        }
        var file = Array(lines[0]) + [UInt8(ascii: "\n")]
        file.reserveCapacity(rows * 1000)
        for index in 0..<rows {
            let row = usable[usable.startIndex + index % usable.count]
            let rest = row.drop { $0 != UInt8(ascii: ",") }
            file += Array(String(500_000 + index).utf8)
            file += rest
            file.append(UInt8(ascii: "\n"))
        }
        return file
    }
}
