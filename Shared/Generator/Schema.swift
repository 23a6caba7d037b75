/// All files together: finds types by name and knows what follows from how they refer to each other.
struct Schema {
    let files: [ProtoFile]
    private var messages: [String: ProtoMessage] = [:]
    private var enums: [String: ProtoEnum] = [:]
    private var fileOfType: [String: String] = [:]

    init(_ files: [ProtoFile]) throws {
        self.files = files
        for file in files {
            for message in file.allMessages {
                messages[message.fullName] = message
                fileOfType[message.fullName] = file.name
            }
            for enumeration in file.allEnums {
                enums[enumeration.fullName] = enumeration
                fileOfType[enumeration.fullName] = file.name
            }
        }
        try check()
    }

    func message(_ fullName: String) -> ProtoMessage {
        guard let message = messages[fullName] else { fatalError("protoc left \(fullName) unresolved") }
        return message
    }

    func enumeration(_ fullName: String) -> ProtoEnum {
        guard let enumeration = enums[fullName] else { fatalError("protoc left \(fullName) unresolved") }
        return enumeration
    }

    func isEnum(_ fullName: String) -> Bool {
        enums[fullName] != nil
    }

    /// The entry message if the field is a map.
    func mapEntry(_ field: ProtoField) -> ProtoMessage? {
        guard field.isMessage, field.isRepeated, let entry = messages[field.typeName] else { return nil }
        return entry.isMapEntry ? entry : nil
    }

    /// "PartnershipV1.UploadGiasFileRequest.Head".
    func swiftType(_ fullName: String) -> String {
        let (package, path) = messages[fullName].map { ($0.package, $0.path) }
            ?? enums[fullName].map { ($0.package, $0.path) } ?? ("", [fullName])
        return ([Naming.namespace(ofPackage: package)] + path.map(Naming.type)).joined(separator: ".")
    }

    /// Whether a value of the message could hold itself without a list or a map in between; such a
    /// field needs a box, because a Swift struct cannot contain itself.
    func needsBox(_ field: ProtoField, in message: ProtoMessage) -> Bool {
        guard field.isMessage, !field.isRepeated else { return false }
        var seen: Set<String> = []
        var open = [field.typeName]
        while let name = open.popLast() {
            if name == message.fullName { return true }
            guard seen.insert(name).inserted else { continue }
            open += self.message(name).fields.filter { $0.isMessage && !$0.isRepeated }.map(\.typeName)
        }
        return false
    }

    /// Whether the file is of another module than Contracts and has fields of types from there.
    func usesContractsFromOutside(_ file: ProtoFile) -> Bool {
        guard Destination(of: file) != .contracts else { return false }
        let types = file.allMessages.flatMap(\.fields).map(\.typeName).filter { !$0.isEmpty }
        return types.contains { type in
            files.contains { $0.name == fileOfType[type] && Destination(of: $0) == .contracts }
        }
    }

    /// What the generated code cannot express is refused here rather than half done.
    private func check() throws {
        var services: [String: String] = [:]
        for file in files where Destination(of: file).writesTypes {
            guard file.syntax == "proto3" else {
                throw GeneratorError("\(file.name): only proto3 is supported, this is \(file.syntax)")
            }
            for message in file.allMessages {
                guard message.fields.count(where: { $0.isMessage && !$0.isRepeated }) <= 64 else {
                    throw GeneratorError("\(message.fullName): more than 64 singular messages in one message")
                }
                if let group = message.fields.first(where: { $0.kind == .group }) {
                    throw GeneratorError("\(message.fullName).\(group.name): groups are not supported")
                }
            }
            for enumeration in file.allEnums where Set(enumeration.values.map(\.number)).count
                != enumeration.values.count {
                throw GeneratorError("\(enumeration.fullName): two names for one number are not supported")
            }
            for service in file.services {
                if let other = services.updateValue(service.fullName, forKey: service.name) {
                    throw GeneratorError("\(service.fullName) and \(other): two services of one name")
                }
            }
        }
    }
}
