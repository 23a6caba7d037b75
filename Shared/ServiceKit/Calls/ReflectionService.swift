import Contracts
import RPC

/// `grpc.reflection.v1`: which services the process has, and the descriptors of their files, for tools that know none.
struct ReflectionService: ServerReflectionHandlers {
    private typealias Answer = ReflectionV1.ServerReflectionResponse.MessageResponse

    /// Full names of the services that the process has.
    let services: [String]

    func serverReflectionInfo(
        _ requests: RequestStream<ReflectionV1.ServerReflectionRequest>,
        to writer: ResponseWriter<ReflectionV1.ServerReflectionResponse>, context: ServerContext
    ) async throws {
        while let request = try await requests.next() {
            try await writer.write(
                .init(
                    validHost: request.host, originalRequest: request, messageResponse: answer(request)))
        }
    }

    private func answer(_ request: ReflectionV1.ServerReflectionRequest) -> Answer {
        switch request.messageRequest {
        case .listServices:
            return .listServicesResponse(.init(service: services.map { .init(name: $0) }))
        case .fileByFilename(let name):
            return files(from: name) ?? notFound("file \(name.prefix(200))")
        case .fileContainingSymbol(let symbol):
            let file = DescriptorFiles.file(containing: symbol)
            return file.flatMap(files) ?? notFound("symbol \(symbol.prefix(200))")
        case .fileContainingExtension(let request):
            let number = Int(request.extensionNumber)
            return DescriptorFiles.file(extending: request.containingType, number: number).flatMap(files)
                ?? notFound("extension \(number) of \(request.containingType.prefix(200))")
        case .allExtensionNumbersOfType(let type):
            let numbers = DescriptorFiles.extensionNumbers(of: type)
            guard !numbers.isEmpty || DescriptorFiles.file(containing: type) != nil else {
                return notFound("type \(type.prefix(200))")
            }
            return .allExtensionNumbersResponse(.init(baseTypeName: type, extensionNumber: numbers.map(Int32.init)))
        case nil:
            return .errorResponse(
                .init(
                    errorCode: Int32(StatusCode.invalidArgument.rawValue), errorMessage: "The request asks nothing."))
        }
    }

    /// The file and everything that it imports, so that a tool asks once.
    private func files(from name: String) -> Answer? {
        var found: [[UInt8]] = []
        var names = [name]
        var index = 0
        while index < names.count {
            if let bytes = DescriptorFiles.file(named: names[index]) {
                found.append(bytes)
                for imported in DescriptorFiles.dependencies(ofFile: names[index]) where !names.contains(imported) {
                    names.append(imported)
                }
            }
            index += 1
        }
        return found.isEmpty ? nil : .fileDescriptorResponse(.init(fileDescriptorProto: found))
    }

    private func notFound(_ what: String) -> Answer {
        .errorResponse(
            .init(
                errorCode: Int32(StatusCode.notFound.rawValue), errorMessage: "There is no \(what) here."))
    }
}
