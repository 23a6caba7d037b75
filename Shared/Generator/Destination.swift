/// Which module the Swift code for a proto package goes to.
enum Destination: CaseIterable {
    case wire, contracts, testSupport
    /// Only its descriptor is kept, for reflection.
    case none

    init(ofPackage package: String) {
        if package == "google.api" {
            self = .none
        } else if package == "olp.wire.v1" {
            self = .wire
        } else if ["olp.testing.v1", "grpc.testing"].contains(package) {
            self = .testSupport
        } else {
            self = .contracts
        }
    }

    init(of file: ProtoFile) {
        self = file.name == "google/protobuf/descriptor.proto" ? .none : Destination(ofPackage: file.package)
    }

    var writesTypes: Bool { self != .none }

    /// Relative to the root of the repository.
    var folder: String {
        switch self {
        case .wire: "Shared/Wire/Generated"
        case .contracts: "Shared/Contracts/Generated"
        case .testSupport: "Shared/TestSupport/Generated"
        case .none: ""
        }
    }

    /// Messages of the wire itself have no JSON form; the module below ProtoJSON.
    var writesJSON: Bool { self == .contracts || self == .testSupport }
}
