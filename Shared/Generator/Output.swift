/// All files that are generated, by their paths in the repository.
enum Output {
    static func all(_ schema: Schema, openAPI supplement: JSONTree) throws -> [String: String] {
        var output = cMessages(schema)
        for destination in Destination.allCases where destination.writesTypes {
            let files = schema.files.filter { Destination(of: $0) == destination }
            guard !files.isEmpty else { continue }
            let folder = destination.folder
            output["\(folder)/Namespaces.swift"] = SupportEmitter.namespaces(files)
            output["\(folder)/CodecSupport+C.swift"] = SupportEmitter.codecSupport(destination)
            if destination == .testSupport {
                output["\(folder)/FileDescriptors.swift"] = CatalogueEmitter(schema: schema).ownDescriptors(of: files)
            }
            for file in files {
                let name = "\(folder)/\(swiftFile(file))"
                output[name + ".swift"] = SwiftMessageEmitter(schema: schema, file: file).text()
                output[name + "+Codec.swift"] = SwiftCodecEmitter(schema: schema, file: file).text()
                if destination.writesJSON {
                    output[name + "+JSON.swift"] = JSONEmitter(schema: schema, file: file).text()
                }
                for service in file.services {
                    output["\(folder)/\(service.name)+Service.swift"] =
                        ServiceEmitter(schema: schema, file: file, service: service).text()
                }
            }
        }
        let catalogue = CatalogueEmitter(schema: schema)
        output["\(Destination.contracts.folder)/ContractCatalogue+Entries.swift"] = catalogue.catalogue()
        output["\(Destination.contracts.folder)/DescriptorFiles+Files.swift"] = catalogue.descriptors()
        output["\(Destination.contracts.folder)/OpenAPIDocument.swift"] =
            try OpenAPIEmitter(schema: schema).text(with: supplement)
        return output
    }

    private static func cMessages(_ schema: Schema) -> [String: String] {
        let folder = "Shared/CMessages"
        var output = [
            "\(folder)/include/module.modulemap": SupportEmitter.moduleMap,
            "\(folder)/include/CMessages.h": SupportEmitter.umbrella(schema.files),
        ]
        for file in schema.files {
            let name = Naming.cFile(file.name)
            output["\(folder)/include/\(name).pb-c.h"] = CHeaderEmitter(schema: schema, file: file).text()
            output["\(folder)/\(name).pb-c.c"] = CSourceEmitter(schema: schema, file: file).text()
        }
        return output
    }

    /// "olp/partnership/v1/gias_imports.proto" → "PartnershipV1.GiasImports".
    private static func swiftFile(_ file: ProtoFile) -> String {
        let base = file.name.split(separator: "/").last.map { String($0.dropLast(".proto".count)) } ?? ""
        return "\(Naming.namespace(ofPackage: file.package)).\(Naming.upperCamel(base))"
    }
}
