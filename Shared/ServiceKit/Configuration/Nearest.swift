/// The known name that a mistyped one most likely meant.
enum Nearest {
    /// - Returns: The closest of `names`, or nil if none is near enough to be worth a guess.
    static func to(_ name: String, among names: some Sequence<String>) -> String? {
        let tolerance = max(2, name.utf8.count / 3)
        return
            names
            .map { (name: $0, distance: distance(Array(name.utf8), Array($0.utf8))) }
            .filter { $0.distance <= tolerance }
            .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?
            .name
    }

    /// `; did you mean --listen?`, or nothing.
    static func question(_ name: String, among names: some Sequence<String>, prefix: String = "") -> String {
        to(name, among: names).map { "; did you mean \(prefix)\($0)?" } ?? ""
    }

    /// Fewest insertions, removals, replacements and swaps of neighbours that make one the other.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        for (row, leftByte) in left.enumerated() {
            var current = [row + 1]
            for (column, rightByte) in right.enumerated() {
                var best = min(last[column + 1] + 1, current[column] + 1)
                best = min(best, last[column] + (leftByte == rightByte ? 0 : 1))
                if row > 0, column > 0, leftByte == right[column - 1], left[row - 1] == rightByte {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
