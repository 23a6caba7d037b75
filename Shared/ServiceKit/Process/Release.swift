/// The release of the suite; all executables carry the same.
package enum Release {
    package static let version = "0.1.0"
}
