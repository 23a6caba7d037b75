import Foundation

extension Seeds {
    /// Writes every target's inputs into a folder of its own below `folder`, beside those that are there.
    static func writeAndExit(to folder: String) -> Never {
        do {
            for target in FuzzTarget.allCases {
                let inputs = of(target)
                guard !inputs.isEmpty else { continue }
                let place = URL(fileURLWithPath: folder).appendingPathComponent(target.rawValue)
                try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
                for input in inputs { try Data(input.bytes).write(to: place.appendingPathComponent(input.name)) }
            }
        } catch {
            print("the corpus cannot be written: \(error)")
            exit(1)
        }
        exit(0)
    }
}
