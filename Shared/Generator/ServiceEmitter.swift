/// Writes one service: its method descriptors, its client, and the protocol of its handlers.
struct ServiceEmitter {
    let schema: Schema
    let file: ProtoFile
    let service: ProtoService

    func text() -> String {
        var out = SwiftFile.start(file, imports: ["package import RPC"])
        methods(&out)
        client(&out)
        handlers(&out)
        registration(&out)
        return out.text
    }

    private func methods(_ out: inout Printer) {
        out.line()
        out.line("/// The methods of \(service.fullName).")
        out.block("package enum \(service.name)Methods") { out in
            for method in service.methods {
                out.documentation(method.comment)
                out.line("package static let \(method.swiftName) = MethodDescriptor(")
                out.line("    service: \"\(service.fullName)\", method: \"\(method.name)\", "
                    + "kind: .\(method.kind), idempotency: .\(method.idempotency))")
            }
            out.line()
            let names = service.methods.map(\.swiftName).joined(separator: ", ")
            out.line("package static let all: [MethodDescriptor] = [\(names)]")
        }
    }

    private func client(_ out: inout Printer) {
        out.line()
        out.line("/// Calls \(service.fullName).")
        out.documentation(service.comment)
        out.block("package struct \(service.name)Client: Sendable") { out in
            out.line("private let channel: any Channel")
            out.line()
            out.block("package init(_ channel: any Channel)") { $0.line("self.channel = channel") }
            for method in service.methods {
                out.line()
                out.documentation(method.comment)
                clientMethod(method, &out)
            }
        }
    }

    private func clientMethod(_ method: ProtoMethod, _ out: inout Printer) {
        let request = schema.swiftType(method.input)
        let reply = schema.swiftType(method.output)
        let descriptor = "\(service.name)Methods.\(method.swiftName)"
        let name = Naming.quoted(method.swiftName)
        switch (method.clientStreaming, method.serverStreaming) {
        case (false, false):
            out.line("package func \(name)(")
            out.line("    _ request: \(request), options: CallOptions = CallOptions()")
            out.block(") async throws(RPCError) -> \(reply)") {
                $0.line("try await channel.unary(\(descriptor), request, options)")
            }
        case (false, true):
            out.line("package func \(name)(")
            out.line("    _ request: \(request), options: CallOptions = CallOptions()")
            out.block(") -> ResponseStream<\(reply)>") {
                $0.line("channel.serverStreaming(\(descriptor), request, options)")
            }
        case (true, false):
            out.line("package func \(name)(")
            out.line("    options: CallOptions = CallOptions(),")
            out.line("    _ produce: (RequestWriter<\(request)>) async throws -> Void")
            out.block(") async throws -> \(reply)") {
                $0.line("try await channel.clientStreaming(\(descriptor), options, produce)")
            }
        case (true, true):
            out.line("package func \(name)<Result>(")
            out.line("    options: CallOptions = CallOptions(),")
            out.line("    _ body: (RequestWriter<\(request)>, ResponseStream<\(reply)>) async throws -> Result")
            out.block(") async throws -> Result") {
                $0.line("try await channel.bidirectional(\(descriptor), options, body)")
            }
        }
    }

    private func handlers(_ out: inout Printer) {
        out.line()
        out.line("/// Answers the calls of \(service.fullName).")
        out.documentation(service.comment)
        out.block("package protocol \(service.name)Handlers: Sendable") { out in
            for (index, method) in service.methods.enumerated() {
                if index > 0 { out.line() }
                out.documentation(method.comment)
                let signature = Signature(schema, method)
                let parameters = signature.parameters.map { "\($0.label): \($0.type)" }.joined(separator: ", ")
                let result = signature.result.map { " -> \($0)" } ?? ""
                out.line("func \(Naming.quoted(method.swiftName))(")
                out.line("    \(parameters)")
                out.line(") async throws\(result)")
            }
        }
    }

    private func registration(_ out: inout Printer) {
        out.line()
        out.block("extension \(service.name)Handlers") { out in
            out.line("/// Makes the router hand this service's calls to these handlers.")
            out.block("package func register(with router: inout Router)") { out in
                for method in service.methods {
                    let signature = Signature(schema, method)
                    let parameters = signature.parameters.map { "\($0.name): \($0.type)" }.joined(separator: ", ")
                    let arguments = signature.parameters
                        .map { $0.label.hasPrefix("_") ? $0.name : "\($0.label.prefix { $0 != " " }): \($0.name)" }
                        .joined(separator: ", ")
                    out.line("router.\(method.kind)(\(service.name)Methods.\(method.swiftName)) {")
                    out.indented { out in
                        out.line("(\(parameters)) async throws\(signature.result.map { " -> \($0)" } ?? "") in")
                        out.line("try await self.\(method.swiftName)(\(arguments))")
                    }
                    out.line("}")
                }
            }
        }
    }
}

/// The parameters and the result of a handler, by the kind of its call.
private struct Signature {
    let parameters: [(label: String, name: String, type: String)]
    let result: String?

    init(_ schema: Schema, _ method: ProtoMethod) {
        let request = schema.swiftType(method.input)
        let reply = schema.swiftType(method.output)
        let input = method.clientStreaming
            ? ("_ requests", "requests", "RequestStream<\(request)>") : ("_ request", "request", request)
        let context = ("context", "context", "ServerContext")
        let writer = ("to writer", "writer", "ResponseWriter<\(reply)>")
        parameters = method.serverStreaming ? [input, writer, context] : [input, context]
        result = method.serverStreaming ? nil : reply
    }
}

extension ProtoMethod {
    /// The name of the Swift function.
    var swiftName: String { Naming.lowerFirst(name) }

    /// A case of RPC's CallKind.
    var kind: String {
        switch (clientStreaming, serverStreaming) {
        case (false, false): "unary"
        case (false, true): "serverStreaming"
        case (true, false): "clientStreaming"
        case (true, true): "bidirectional"
        }
    }
}
