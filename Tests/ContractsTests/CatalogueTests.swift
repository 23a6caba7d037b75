import ChildProcess
import Contracts
import Foundation
import ProtoJSON
import RPC
import Testing
import TestSupport

@Suite("The catalogue, the descriptors and the OpenAPI document")
struct CatalogueTests {
    @Test("methods are found by full name and know their kind, routes and fields")
    func methods() throws {
        let update = try #require(ContractCatalogue.method("olp.partnership.v1.Partners/UpdatePartner"))
        #expect(update.http == [HTTPRoute(.put, "/v1/partners/{id}", body: "*")])
        #expect(update.requestName == "olp.partnership.v1.UpdatePartnerRequest")
        #expect(update.descriptor == PartnersMethods.updatePartner)
        #expect(update.descriptor.idempotency == .unknown)
        let watch = try #require(ContractCatalogue.method("olp.partnership.v1.GiasImports/WatchGiasImport"))
        #expect(watch.descriptor.kind == .serverStreaming)
        #expect(watch.descriptor.idempotency == .noSideEffects)
        #expect(GiasImportsMethods.uploadGiasFile.kind == .clientStreaming)
        #expect(GiasImportsMethods.startGiasImport.idempotency == .idempotent)
        #expect(ServerReflectionMethods.serverReflectionInfo.kind == .bidirectional)
        #expect(ContractCatalogue.method("olp.partnership.v1.Partners/Nothing") == nil)
        let kinds = CallsMethods.all.map(\.kind)
        #expect(kinds == [.unary, .serverStreaming, .clientStreaming, .bidirectional])
    }

    @Test("fields say what code without the message's type needs")
    func fields() throws {
        let fields = TestingV1.Everything.fields
        func field(_ name: String) throws -> FieldInfo { try #require(fields.first { $0.name == name }) }
        #expect(try field("with_json_name").jsonName == "renamed")
        #expect(try field("o_int32").isOptional && !field("f_int32").isOptional)
        #expect(try field("m_int32_message").isMap)
        #expect(try field("m_int32_message").messageName == "olp.testing.v1.Everything.Nested")
        #expect(try field("m_string_int64").kind == .int64)
        #expect(try field("f_enum").enumNames == ["COLOUR_UNSPECIFIED", "COLOUR_RED", "COLOUR_GREEN"])
        #expect(try field("c_bool").oneof == "choice")
        #expect(try field("r_unpacked").isRepeated)
    }

    @Test("every route names fields that its request has, and no two routes meet")
    func routes() {
        var seen: Set<String> = []
        for method in ContractCatalogue.services.flatMap(\.methods) {
            let names = Set(method.requestFields.map(\.name))
            for route in method.http {
                let braces = route.pattern.split(separator: "{").dropFirst().map { String($0.prefix { $0 != "}" }) }
                #expect(names.isSuperset(of: braces), "\(route.pattern)")
                var shape = route.pattern
                for brace in braces { shape = shape.replacingOccurrences(of: "{\(brace)}", with: "{}") }
                #expect(seen.insert("\(route.verb) \(shape)").inserted, "\(route.pattern)")
            }
        }
        #expect(seen.count > 10)
    }

    @Test("a service's descriptors are complete: every file's imports can be had too")
    func descriptors() throws {
        for name in DescriptorFiles.names {
            #expect(DescriptorFiles.file(named: name) != nil)
            for dependency in DescriptorFiles.dependencies(ofFile: name) {
                #expect(DescriptorFiles.file(named: dependency) != nil, "\(dependency)")
            }
        }
        for service in ContractCatalogue.services {
            #expect(DescriptorFiles.file(containing: service.name) == service.file)
        }
        #expect(DescriptorFiles.file(named: "nothing.proto") == nil)
    }

    @Test("a symbol is found, whether message, nested enum, method, field or value", arguments: [
        ("olp.partnership.v1.School", "olp/partnership/v1/schools.proto"),
        ("olp.partnership.v1.GiasIssue.Severity", "olp/partnership/v1/gias_imports.proto"),
        ("olp.partnership.v1.Partners.GetPartner", "olp/partnership/v1/partners.proto"),
        ("olp.partnership.v1.School.urn", "olp/partnership/v1/schools.proto"),
        ("grpc.health.v1.Health", "grpc/health/v1/health.proto"),
        ("google.protobuf.MethodOptions", "google/protobuf/descriptor.proto"),
    ])
    func symbols(symbol: String, file: String) {
        #expect(DescriptorFiles.file(containing: symbol) == file)
    }

    @Test("the extension that puts methods on HTTP is found")
    func extensions() {
        let type = "google.protobuf.MethodOptions"
        #expect(DescriptorFiles.extensionNumbers(of: type) == [72_295_728])
        #expect(DescriptorFiles.file(extending: type, number: 72_295_728) == "google/api/annotations.proto")
        #expect(DescriptorFiles.file(extending: type, number: 1) == nil)
    }

    @Test("the OpenAPI document has every route, and what mutations and edits need")
    func openAPI() throws {
        let data = Data(OpenAPIDocument.json.utf8)
        let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        for method in ContractCatalogue.services.flatMap(\.methods) {
            for route in method.http {
                var path = route.pattern
                for field in method.requestFields {
                    path = path.replacingOccurrences(of: "{\(field.name)}", with: "{\(field.jsonName)}")
                }
                #expect(paths[path]?[route.verb.rawValue.lowercased()] != nil, "\(route)")
            }
        }
        let update = try #require(paths["/v1/partners/{id}"]?["put"] as? [String: Any])
        let references = try #require(update["parameters"] as? [[String: Any]]).compactMap { $0["$ref"] as? String }
        #expect(references == ["#/components/parameters/IfMatch", "#/components/parameters/IdempotencyKey"])
        #expect(paths["/v1/gias-imports/{id}/files/{file}"]?["put"] != nil, "from the supplement")
    }

    @Test("the OpenAPI document is valid", .enabled(if: Python.path != nil, "\(Python.missing)"))
    func validOpenAPI() async throws {
        let script = """
            import json, sys
            from openapi_spec_validator import validate
            validate(json.load(open(sys.argv[1])))
            """
        try await withTemporaryDirectory { folder in
            let file = try folder.write(OpenAPIDocument.json, to: "openapi.json")
            let outcome = try await Python.run(script, [file])
            #expect(outcome.status.isSuccess, "\(outcome)")
        }
    }
}
