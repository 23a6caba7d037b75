/// Makes the model from a serialised FileDescriptorSet. The numbers are those of
/// google/protobuf/descriptor.proto.
enum ModelReader {
    /// The extension google.api.http of MethodOptions.
    private static let httpExtension = 72_295_728

    static func files(inSet bytes: [UInt8]) throws -> [ProtoFile] {
        try ProtoReader.fields(of: bytes[...]).filter { $0.number == 1 }.map { try file(try $0.bytes()) }
    }

    private static func file(_ bytes: ArraySlice<UInt8>) throws -> ProtoFile {
        let fields = try ProtoReader.fields(of: bytes)
        var file = ProtoFile()
        for field in fields {
            switch field.number {
            case 1: file.name = try field.text()
            case 2: file.package = try field.text()
            case 3: file.dependencies.append(try field.text())
            case 12: file.syntax = try field.text()
            default: break
            }
        }
        file.descriptor = fields.filter { $0.number != 9 }.flatMap { Array($0.whole) }
        let comments = try Comments(fields.last { $0.number == 9 }?.bytes())
        file.comment = comments[[12]]
        for field in fields {
            switch field.number {
            case 4:
                file.messages.append(
                    try message(field.bytes(), Scope(file, comments, [4, file.messages.count]), parents: []))
            case 5:
                file.enums.append(
                    try enumeration(field.bytes(), Scope(file, comments, [5, file.enums.count]), parents: []))
            case 6:
                file.services.append(try service(field.bytes(), Scope(file, comments, [6, file.services.count])))
            case 7:
                let parts = try ProtoReader.fields(of: field.bytes())
                let type = try parts.last { $0.number == 2 }?.text() ?? ""
                let number = try parts.last { $0.number == 3 }?.integer() ?? 0
                file.extensions.append((String(type.drop { $0 == "." }), number))
            default: break
            }
        }
        return file
    }

    private static func message(
        _ bytes: ArraySlice<UInt8>, _ scope: Scope, parents: [String]
    ) throws -> ProtoMessage {
        let fields = try ProtoReader.fields(of: bytes)
        var message = ProtoMessage()
        message.package = scope.package
        message.path = parents + [try fields.first { $0.number == 1 }?.text() ?? ""]
        message.fullName = scope.qualified(message.path)
        message.comment = scope.comment
        for field in fields {
            switch field.number {
            case 2: message.fields.append(try self.field(field.bytes(), scope.inside(2, message.fields.count)))
            case 3:
                let inner = scope.inside(3, message.messages.count)
                message.messages.append(try self.message(field.bytes(), inner, parents: message.path))
            case 4:
                let inner = scope.inside(4, message.enums.count)
                message.enums.append(try enumeration(field.bytes(), inner, parents: message.path))
            case 7:
                let options = try ProtoReader.fields(of: field.bytes())
                message.isMapEntry = try options.last { $0.number == 7 }?.flag() ?? false
            case 8:
                let name = try ProtoReader.fields(of: field.bytes()).first { $0.number == 1 }?.text() ?? ""
                message.oneofs.append(ProtoOneof(name: name, comment: scope.inside(8, message.oneofs.count).comment))
            default: break
            }
        }
        return message
    }

    private static func field(_ bytes: ArraySlice<UInt8>, _ scope: Scope) throws -> ProtoField {
        var result = ProtoField()
        result.comment = scope.comment
        for field in try ProtoReader.fields(of: bytes) {
            switch field.number {
            case 1: result.name = try field.text()
            case 3: result.number = try field.integer()
            case 4: result.isRepeated = try field.integer() == 3
            case 5:
                guard let kind = ProtoField.Kind(rawValue: try field.integer()) else {
                    throw GeneratorError("unknown field type \(try field.integer()) in \(scope.file)")
                }
                result.kind = kind
            case 6: result.typeName = String(try field.text().drop { $0 == "." })
            case 8:
                for option in try ProtoReader.fields(of: field.bytes()) {
                    if option.number == 2 { result.isPackedOff = try !option.flag() }
                    if option.number == 3 { result.isDeprecated = try option.flag() }
                }
            case 9: result.oneof = try field.integer()
            case 10: result.jsonName = try field.text()
            case 17: result.isOptional = try field.flag()
            default: break
            }
        }
        if result.isOptional { result.oneof = nil }
        return result
    }

    private static func enumeration(
        _ bytes: ArraySlice<UInt8>, _ scope: Scope, parents: [String]
    ) throws -> ProtoEnum {
        var result = ProtoEnum()
        result.package = scope.package
        result.comment = scope.comment
        for field in try ProtoReader.fields(of: bytes) {
            switch field.number {
            case 1: result.path = parents + [try field.text()]
            case 2:
                let value = try ProtoReader.fields(of: field.bytes())
                result.values.append(
                    ProtoEnum.Value(
                        name: try value.first { $0.number == 1 }?.text() ?? "",
                        number: Int32(truncatingIfNeeded: try value.first { $0.number == 2 }?.integer() ?? 0),
                        comment: scope.inside(2, result.values.count).comment))
            default: break
            }
        }
        result.fullName = scope.qualified(result.path)
        return result
    }

    private static func service(_ bytes: ArraySlice<UInt8>, _ scope: Scope) throws -> ProtoService {
        var service = ProtoService()
        service.comment = scope.comment
        for field in try ProtoReader.fields(of: bytes) {
            switch field.number {
            case 1: service.name = try field.text()
            case 2: service.methods.append(try method(field.bytes(), scope.inside(2, service.methods.count)))
            default: break
            }
        }
        service.fullName = scope.qualified([service.name])
        return service
    }

    private static func method(_ bytes: ArraySlice<UInt8>, _ scope: Scope) throws -> ProtoMethod {
        var method = ProtoMethod()
        method.comment = scope.comment
        for field in try ProtoReader.fields(of: bytes) {
            switch field.number {
            case 1: method.name = try field.text()
            case 2: method.input = String(try field.text().drop { $0 == "." })
            case 3: method.output = String(try field.text().drop { $0 == "." })
            case 4:
                for option in try ProtoReader.fields(of: field.bytes()) {
                    if option.number == 34 {
                        method.idempotency = .init(rawValue: try option.integer()) ?? .unknown
                    }
                    if option.number == httpExtension { method.http += try httpRules(option.bytes()) }
                }
            case 5: method.clientStreaming = try field.flag()
            case 6: method.serverStreaming = try field.flag()
            default: break
            }
        }
        return method
    }

    private static func httpRules(_ bytes: ArraySlice<UInt8>) throws -> [HTTPRule] {
        let verbs = [2: "get", 3: "put", 4: "post", 5: "delete", 6: "patch"]
        var rule = HTTPRule()
        var others: [HTTPRule] = []
        for field in try ProtoReader.fields(of: bytes) {
            switch field.number {
            case 2...6:
                rule.verb = verbs[field.number] ?? ""
                rule.path = try field.text()
            case 7: rule.body = try field.text()
            case 11: others += try httpRules(field.bytes())
            case 8: throw GeneratorError("google.api.http: `custom` is not supported, use get, put, post, delete or patch")
            case 12: throw GeneratorError("google.api.http: `response_body` is not supported, answer with the message")
            default: break
            }
        }
        return [rule] + others
    }
}

/// Where in a file something stands: its names and its comments hang on that.
private struct Scope {
    let file: String
    let package: String
    private let comments: Comments
    private let path: [Int]

    init(_ file: ProtoFile, _ comments: Comments, _ path: [Int]) {
        self.file = file.name
        package = file.package
        self.comments = comments
        self.path = path
    }

    private init(_ outer: Scope, _ path: [Int]) {
        file = outer.file
        package = outer.package
        comments = outer.comments
        self.path = path
    }

    var comment: String { comments[path] }

    func inside(_ number: Int, _ index: Int) -> Scope {
        Scope(self, path + [number, index])
    }

    func qualified(_ names: [String]) -> String {
        ((package.isEmpty ? [] : [package]) + names).joined(separator: ".")
    }
}

/// The comments of a file (SourceCodeInfo), by the path of what they are about.
private struct Comments {
    private var texts: [[Int]: String] = [:]

    init(_ bytes: ArraySlice<UInt8>?) throws {
        guard let bytes else { return }
        for location in try ProtoReader.fields(of: bytes) where location.number == 1 {
            var path: [Int] = []
            var leading = ""
            var trailing = ""
            for field in try ProtoReader.fields(of: location.bytes()) {
                switch field.number {
                case 1: path += try field.integers()
                case 3: leading = try field.text()
                case 4: trailing = try field.text()
                default: break
                }
            }
            let lines = (leading.isEmpty ? trailing : leading).split(separator: "\n", omittingEmptySubsequences: false)
            texts[path] = lines.map { $0.trimmed }.joined(separator: "\n").trimmed
        }
    }

    subscript(path: [Int]) -> String { texts[path] ?? "" }
}

extension StringProtocol {
    /// Without white space at both ends.
    var trimmed: String {
        let start = drop { $0.isWhitespace }
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
