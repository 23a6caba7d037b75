/// A place in Great Britain: metres east and north of the origin of the Ordnance Survey's National Grid.
package struct GridReference: Hashable, Sendable {
    /// 0..<700,000.
    package let easting: Int32
    /// 0..<1,300,000.
    package let northing: Int32

    /// Nil outside the grid, and for its origin itself, which lies in the sea and stands for
    /// "not known" in many files.
    package init?(easting: Int, northing: Int) {
        guard (0..<700_000).contains(easting), (0..<1_300_000).contains(northing), easting + northing > 0 else {
            return nil
        }
        self.easting = Int32(easting)
        self.northing = Int32(northing)
    }

    /// Metres in a straight line on the grid; good to some 0.04 per cent of the distance on the ground.
    package func distance(to other: GridReference) -> Double {
        let east = Double(easting - other.easting)
        let north = Double(northing - other.northing)
        return (east * east + north * north).squareRoot()
    }
}

extension GridReference: CustomStringConvertible {
    package var description: String { "\(easting), \(northing)" }
}
