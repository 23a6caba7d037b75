import Contracts
import RPC
import Wire

/// What the routes of an import's file and of its watching need to know of one kind of import.
protocol ImportKind: Sendable {
    /// A message of the upload: the head first, then the bytes.
    associatedtype Part: Message
    associatedtype WatchRequest: Message
    associatedtype Import: JSONMessage

    static var uploadMethod: MethodDescriptor { get }
    static var watchMethod: MethodDescriptor { get }
    /// - Parameters:
    ///   - values: The path's variables besides the id.
    ///   - name: The file's, for people.
    ///   - bytes: How many follow; 0 if that is not known.
    static func head(id: String, _ values: [String: String], name: String, bytes: Int64) throws(Problem) -> Part
    static func part(_ bytes: [UInt8]) -> Part
    static func watchRequest(id: String) -> WatchRequest
    static func version(of import: Import) -> Int64
}

/// The official register of schools, in up to four files.
enum RegisterImportKind: ImportKind {
    static let files: [String: PartnershipV1.GiasFile] = [
        "establishments": .establishments, "groups": .groups, "memberships": .memberships, "links": .links,
    ]

    static let uploadMethod = GiasImportsMethods.uploadGiasFile
    static let watchMethod = GiasImportsMethods.watchGiasImport

    static func head(
        id: String, _ values: [String: String], name: String, bytes: Int64
    ) throws(Problem) -> PartnershipV1.UploadGiasFileRequest {
        guard let file = values["file"].flatMap({ files[$0] }) else {
            throw .invalid("file", "must be \(files.keys.sorted().joined(separator: ", ")) in the path")
        }
        return .init(part: .head(.init(importId: id, file: file, name: name, bytesTotal: bytes)))
    }

    static func part(_ bytes: [UInt8]) -> PartnershipV1.UploadGiasFileRequest { .init(part: .bytes(bytes)) }

    static func watchRequest(id: String) -> PartnershipV1.GetGiasImportRequest { .init(id: id) }

    static func version(of import: PartnershipV1.GiasImport) -> Int64 { `import`.version }
}

/// Applications, in one file.
enum ApplicationImportKind: ImportKind {
    static let uploadMethod = ApplicationImportsMethods.uploadApplicationFile
    static let watchMethod = ApplicationImportsMethods.watchApplicationImport

    static func head(
        id: String, _ values: [String: String], name: String, bytes: Int64
    ) throws(Problem) -> EnrolmentV1.UploadApplicationFileRequest {
        .init(part: .head(.init(importId: id, name: name, bytesTotal: bytes)))
    }

    static func part(_ bytes: [UInt8]) -> EnrolmentV1.UploadApplicationFileRequest { .init(part: .bytes(bytes)) }

    static func watchRequest(id: String) -> EnrolmentV1.GetApplicationImportRequest { .init(id: id) }

    static func version(of import: EnrolmentV1.ApplicationImport) -> Int64 { `import`.version }
}
